package dev.weft.skill.runtime;

import dev.weft.skill.SkillService;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** A reference to a service of a bundle with an id, a version and a ranking. */
record FakeReference(long bundle, String version, int ranking)
        implements ServiceReference<SkillService> {
    @Override
    public Bundle getBundle() {
        Map<String, Object> answers =
                Map.of(
                        "getBundleId",
                        bundle,
                        "getVersion",
                        Version.parseVersion(version),
                        "getSymbolicName",
                        "test." + bundle);
        return (Bundle)
                Proxy.newProxyInstance(
                        Bundle.class.getClassLoader(),
                        new Class<?>[] {Bundle.class},
                        (proxy, method, args) -> {
                            if (!answers.containsKey(method.getName())) {
                                throw new UnsupportedOperationException(method.getName());
                            }
                            return answers.get(method.getName());
                        });
    }

    @Override
    public Object getProperty(String key) {
        return key.equals("service.bundleid") ? (Object) bundle : null;
    }

    @Override
    public String[] getPropertyKeys() {
        return new String[] {"service.bundleid"};
    }

    @Override
    public Bundle[] getUsingBundles() {
        return new Bundle[0];
    }

    @Override
    public boolean isAssignableTo(Bundle other, String className) {
        return true;
    }

    @Override
    public int compareTo(Object other) {
        FakeReference that = (FakeReference) other;
        return ranking != that.ranking
                ? Integer.compare(ranking, that.ranking)
                : Long.compare(that.bundle, bundle);
    }

    @Override
    public Dictionary<String, Object> getProperties() {
        return new Hashtable<>(Map.of("service.bundleid", bundle));
    }

    @Override
    public <A> A adapt(Class<A> type) {
        return null;
    }
}

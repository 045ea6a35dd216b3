package dev.weft.skill.repository.scan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What the fixtures of the scan are made of. */
public final class JarFixtures {
    private JarFixtures() {}

    /** Those that mean harm.
     * @param temporary a folder for jars
     * @return what each is made of
     * @throws Exception if one cannot be built, or two have one name */
    public static List<String> hostile(Path temporary) throws Exception {
        List<String> all = new ArrayList<>();
        Set<String> titles = new HashSet<>();
        for (Case one :
                Stream.of(
                                HostileCodeTest.undeclared(),
                                HostileCodeTest.forbidden(),
                                HostileCodeTest.hidden(),
                                HostileManifestTest.headers(),
                                HostileManifestTest.lies(),
                                HostileManifestTest.components(),
                                HostileContentTest.names(),
                                HostileContentTest.texts(),
                                HostileContentTest.files(),
                                HostileZipTest.zips(),
                                HostileContentTest.asked(),
                                HostileZipTest.unscanned())
                        .flatMap(cases -> cases)
                        .toList()) {
            if (!titles.add(one.title())) {
                throw new IllegalStateException("two are called " + one.title());
            }
            all.add(one.substance(temporary));
        }
        return all;
    }

    /** Those that mean no harm.
     * @return what each is made of
     * @throws Exception if one cannot be built */
    public static List<String> honest() throws Exception {
        return Stream.of(
                        HonestJarTest.texts(),
                        HonestJarTest.code(),
                        HonestJarTest.manifests(),
                        HonestJarTest.libraries())
                .flatMap(jars -> jars)
                .map(Arguments::get)
                .map(jar -> ((Fixture) jar[1]).substance())
                .toList();
    }
}

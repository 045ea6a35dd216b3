package dev.weft.api.health;

import org.osgi.annotation.versioning.ProviderType;

/** Says why a bundle does not do its work. Thread-safe; looks at the framework only, so it answers at once. */
@ProviderType
public interface BundleDiagnosis {
    /** Looks at one bundle: whether it is resolved and started, and whether its components are.
     * @param bundle id, symbolic name, or symbolic name without {@code dev.weft.}; never null
     * @return what is wrong and what it lacks, in words for people; or that nothing is
     * @throws java.util.NoSuchElementException if there is no such bundle; the message says what is there instead */
    String why(String bundle);
}

package dev.weft.api.http;

import java.net.URI;
import org.osgi.annotation.versioning.ProviderType;

/** Where this host answers HTTP; the service is there once the port is bound. */
@ProviderType
public interface HttpAddress {
    /** Address that works from this machine.
     * @return e.g. {@code http://127.0.0.1:8700}, without a path */
    URI uri();
}

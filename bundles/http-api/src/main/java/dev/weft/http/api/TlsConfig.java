package dev.weft.http.api;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** HTTPS beside the plain port. */
@ObjectClassDefinition(name = "Weft HTTPS")
public @interface TlsConfig {
    /** Where the certificate is.
     * @return a PEM file with the chain, or a PKCS#12 file with chain and key; empty: no HTTPS */
    @AttributeDefinition(name = "PEM file with the certificate chain, or PKCS#12 file")
    String certificate() default "";

    /** Where the private key is.
     * @return a PEM file (PKCS#8); empty if the certificate's file is PKCS#12 */
    @AttributeDefinition(name = "PEM file with the private key; empty for PKCS#12")
    String key() default "";

    /** Which environment variable holds the password of the PKCS#12 file.
     * @return its name */
    @AttributeDefinition(name = "Environment variable with the password of the PKCS#12 file")
    String password__env() default "WEFT_TLS_PASSWORD";

    /** Where to listen.
     * @return an address */
    @AttributeDefinition(name = "Address to listen on")
    String bind() default "0.0.0.0";

    /** Which port.
     * @return 0 for a free one */
    @AttributeDefinition(name = "Port; 0 for a free one")
    int port() default 8443;

    /** How often the files are looked at.
     * @return seconds */
    @AttributeDefinition(name = "Seconds between looks whether the files changed")
    int reload__seconds() default 10;
}

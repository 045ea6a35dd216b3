package dev.weft.host.launcher;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code weft run} was asked for.
 *
 * @param name label of the agent, if given
 * @param role {@code all}, {@code registry} or {@code agent}, if given
 * @param registry URL of the registry, if given
 * @param port HTTP port, 0 for a free one
 * @param bind address to listen on
 * @param data data directory
 * @param deploy deploy folder, if given
 * @param edge whether the edge composition is wanted
 * @param shell whether the terminal becomes a shell of the host
 * @param check whether the host stops again once it is known whether it is ready
 * @param tls certificate and key to serve HTTPS with, if wanted
 * @param chatixiaKeys key file of the reference, whose agents are let in; "" for the one in the data directory, empty to let none in
 * @param jsonLogs whether logs are JSON documents, one a line
 * @param folder where {@code agent.yaml} is looked for
 */
public record HostOptions(
        Optional<String> name,
        Optional<String> role,
        Optional<String> registry,
        int port,
        String bind,
        Path data,
        Optional<Path> deploy,
        boolean edge,
        boolean shell,
        boolean check,
        Optional<Tls> tls,
        Optional<String> chatixiaKeys,
        boolean jsonLogs,
        Path folder) {
    /**
     * What HTTPS needs.
     *
     * @param certificate PEM file with the certificate chain, or a PKCS#12 file with chain and key
     * @param key PEM file with the private key; empty for PKCS#12, which has it inside
     */
    public record Tls(Path certificate, Optional<Path> key) {}
}

package dev.weft.signaling.client;

/** Names of this machine that need no look-up. */
final class Loopback {
    private Loopback() {}

    static boolean names(String host) {
        return "localhost".equalsIgnoreCase(host)
                || host.startsWith("127.")
                || "[::1]".equals(host);
    }
}

package dev.weft.http.api;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Where a request comes from. */
final class Addresses {
    private final boolean trustForwarded;

    Addresses(boolean trustForwarded) {
        this.trustForwarded = trustForwarded;
    }

    /** The address to count failures by: of IPv6 the network part, since one caller has all of it.
     * @param request the request
     * @return an address */
    String of(HttpServletRequest request) {
        String forwarded = request.getHeader("X-Forwarded-For");
        String address = request.getRemoteAddr();
        if (trustForwarded && forwarded != null && isLoopback(address)) {
            address = forwarded.substring(forwarded.lastIndexOf(',') + 1).trim();
        }
        InetAddress parsed = parse(address);
        if (parsed != null && parsed.getAddress().length == 16) {
            byte[] bytes = parsed.getAddress();
            return java.util.HexFormat.of().formatHex(bytes, 0, 8);
        }
        return parsed == null ? "unknown" : parsed.getHostAddress();
    }

    /** Whether a person at this machine calls, and not someone behind a proxy on it.
     * @param request the request
     * @return true if so */
    static boolean isLocal(HttpServletRequest request) {
        return request.getHeader("X-Forwarded-For") == null
                && request.getHeader("Forwarded") == null
                && isLoopback(request.getRemoteAddr());
    }

    private static boolean isLoopback(String address) {
        InetAddress parsed = parse(address);
        return parsed != null && parsed.isLoopbackAddress();
    }

    private static InetAddress parse(String address) {
        // Digits and colons only, so that no name is ever looked up.
        if (address == null
                || !address.matches("\\[?[0-9a-fA-F:.]+(%\\w+)?]?")
                || !(address.contains(":") || address.matches("[0-9.]+"))) {
            return null;
        }
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}

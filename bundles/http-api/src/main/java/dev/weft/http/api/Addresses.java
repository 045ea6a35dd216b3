package dev.weft.http.api;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a request comes from. */
final class Addresses {
    private static final Logger LOG = LoggerFactory.getLogger(Addresses.class);
    private final boolean trustLocal;
    private final List<Network> proxies = new ArrayList<>();

    /** Knows whom to believe.
     * @param trustLocal whether a proxy on this machine says who calls
     * @param trusted addresses or ranges of other proxies; what is none is refused with a line in the log */
    Addresses(boolean trustLocal, String... trusted) {
        this.trustLocal = trustLocal;
        for (String proxy : trusted) {
            Network.of(proxy.trim())
                    .ifPresentOrElse(
                            proxies::add,
                            () ->
                                    LOG.warn(
                                            "trusted.proxies: \"{}\" is neither an address nor a range as 10.1.0.0/16",
                                            proxy));
        }
    }

    /** The address to count failures by: of IPv6 the network part, since one caller has all of it.
     * @param request the request
     * @return an address */
    String of(HttpServletRequest request) {
        // Several lines count as one, and who is nearest wrote last: what a stranger wrote himself
        // is to the left of it.
        String[] hops =
                String.join(",", Collections.list(request.getHeaders("X-Forwarded-For")))
                        .split(",");
        String address = request.getRemoteAddr();
        for (int hop = hops.length - 1;
                hop >= 0 && !hops[hop].isBlank() && isTrusted(address);
                hop--) {
            address = hops[hop].trim();
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

    private boolean isTrusted(String address) {
        InetAddress proxy = parse(address);
        return proxy != null
                && (trustLocal && proxy.isLoopbackAddress()
                        || proxies.stream().anyMatch(range -> range.contains(proxy)));
    }

    private static boolean isLoopback(String address) {
        InetAddress parsed = parse(address);
        return parsed != null && parsed.isLoopbackAddress();
    }

    /** Reads an address.
     * @return null if it is none; names are never looked up */
    static InetAddress parse(String address) {
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

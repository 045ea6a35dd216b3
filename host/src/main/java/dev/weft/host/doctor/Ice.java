package dev.weft.host.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a STUN or TURN server for a sign of life, and a TURN server with credentials for a relayed address. */
public final class Ice {
    private static final Pattern URL =
            Pattern.compile(
                    "(stuns?|turns?):\\[?([^\\]?]+?)\\]?(?::(\\d+))?(?:\\?transport=(udp|tcp))?");
    private static final int PATIENCE_MILLIS = 3000;

    private Ice() {}

    /** Asks for a sign of life.
     * @param url as in {@code /api/config}, e.g. {@code stun:stun.example:3478}
     * @return what was found */
    public static Finding look(String url) {
        return look(url, "", "");
    }

    /** Asks; with credentials, over UDP, for a relayed address, since only that tells whether they are taken.
     * @param url as in {@code /api/config}, e.g. {@code turn:turn.example:3478}
     * @param user of a TURN server, "" for none
     * @param password that belongs to it
     * @return what was found */
    public static Finding look(String url, String user, String password) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return Finding.bad(
                    "ICE server", "\"" + url + "\" is no STUN or TURN URL", "write stun:HOST:PORT");
        }
        boolean tls = parts.group(1).endsWith("s");
        int port = parts.group(3) == null ? tls ? 5349 : 3478 : Integer.parseInt(parts.group(3));
        InetSocketAddress address = new InetSocketAddress(parts.group(2), port);
        String what = parts.group(1).startsWith("stun") ? "STUN" : "TURN";
        if (address.isUnresolved()) {
            return Finding.bad(
                    what,
                    "the name in " + url + " is not known",
                    "check it, and this machine's DNS");
        }
        boolean stream = tls || "tcp".equals(parts.group(4));
        try {
            if (what.equals("TURN") && !stream && !user.isEmpty()) {
                return allocates(url, address, user, password);
            }
            if (stream ? connects(address) : binds(address)) {
                return Finding.good(what, url);
            }
        } catch (IOException e) {
            // told below, as if it had answered nonsense
        }
        return silent(what, url, (stream ? "TCP " : "UDP ") + port);
    }

    private static Finding silent(String what, String url, String port) {
        return Finding.bad(
                what,
                url + " does not answer",
                "let "
                        + port
                        + " out through the firewall, or name another server; until then peers behind NAT are reached by relay");
    }

    private static Finding allocates(
            String url, InetSocketAddress address, String user, String password)
            throws IOException {
        try (TurnClient client = new TurnClient(address)) {
            String answer = client.allocate(user, password);
            if (answer.startsWith("relayed")) {
                return Finding.good("TURN", url + " gives a relayed address");
            }
            return answer.endsWith(" 401") || answer.endsWith(" 441")
                    ? Finding.bad(
                            "TURN",
                            url + " does not take the credentials of the registry",
                            "the registry's turn_secret_file and the server's static-auth-secret must hold the same, and the clocks of both be right")
                    : Finding.bad(
                            "TURN",
                            url + " gives no relayed address (" + answer + ")",
                            "look at the log of the TURN server: its quota, its relay addresses and ports");
        } catch (GeneralSecurityException e) {
            return Finding.bad("TURN", "this Java cannot sign in to it: " + e.getMessage(), "");
        }
    }

    private static boolean connects(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, PATIENCE_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean binds(InetSocketAddress address) throws IOException {
        try (TurnClient client = new TurnClient(address)) {
            return client.answersBinding();
        }
    }
}

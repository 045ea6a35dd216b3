package dev.weft.signaling.client;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a card says of the machine. Asks no name server: that can take seconds where there is no network. */
final class Machine {
    private Machine() {}

    static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException notLinux) {
            String windows = System.getenv("COMPUTERNAME");
            String other = windows == null ? System.getenv("HOSTNAME") : windows;
            return other == null ? "" : other;
        }
    }

    /** The first IPv4 address that others may know; "" if there is none. */
    static String address() {
        return reachable()
                .filter(Inet4Address.class::isInstance)
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("");
    }

    /** Every address that others may know; another set of them means another network. */
    static Set<String> addresses() {
        return reachable()
                .map(InetAddress::getHostAddress)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<InetAddress> reachable() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Machine::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(
                            address ->
                                    !address.isLoopbackAddress() && !address.isLinkLocalAddress());
        } catch (SocketException e) {
            return Stream.empty();
        }
    }

    private static boolean isUp(NetworkInterface card) {
        try {
            return card.isUp() && !card.isLoopback();
        } catch (SocketException e) {
            return false;
        }
    }

    static String platform(String os, String arch) {
        String system = os.toLowerCase(Locale.ROOT);
        String family =
                system.startsWith("windows")
                        ? "windows"
                        : system.startsWith("mac") ? "macos" : system.replace(' ', '-');
        return family + "-" + ("amd64".equals(arch) ? "x86_64" : arch);
    }
}

package dev.weft.signaling.client;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

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
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Machine::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(
                            address ->
                                    address instanceof Inet4Address
                                            && !address.isLoopbackAddress()
                                            && !address.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .findFirst()
                    .orElse("");
        } catch (SocketException e) {
            return "";
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

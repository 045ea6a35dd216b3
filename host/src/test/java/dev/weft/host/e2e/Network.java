package dev.weft.host.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A small internet out of Linux network namespaces: a public net with a registry, and two homes behind a router each, one host in each home.
 *
 * <pre>
 * one 192.168.1.2 - router1 10.99.0.21 -+- 10.99.0.0/24 -+- 10.99.0.22 router2 - 192.168.2.2 two
 *                                       +- registry 10.99.0.10 (and a TURN server)
 * </pre>
 *
 * Closing it takes everything away again.
 */
final class Network implements AutoCloseable {
    private static final String INTERNET = "10.99.0.1";
    static final String REGISTRY = "10.99.0.10";

    /** What a router does to what goes out. */
    enum Nat {
        /** One outside port for an inside port, whoever is addressed. */
        CONE("masquerade"),
        /** Another outside port for everyone that is addressed. */
        SYMMETRIC("masquerade fully-random");

        private final String verdict;

        Nat(String verdict) {
            this.verdict = verdict;
        }
    }

    private final String prefix = "weft" + ProcessHandle.current().pid() + "-";
    private final List<String> made = new ArrayList<>();

    Network() {
        try {
            for (String name : List.of("wan", "registry", "router1", "router2", "one", "two")) {
                ip("netns add " + prefix + name);
                made.add(name);
                run(name, "ip link set lo up");
            }
            run("wan", "ip link add net type bridge");
            run("wan", "ip link set net up");
            run("wan", "ip address add " + INTERNET + "/24 dev net");
            run("wan", "sysctl -q -w net.ipv4.ip_forward=0"); // whatever has no home ends here
            plug("registry", REGISTRY + "/24");
            for (int home = 1; home <= 2; home++) {
                String router = "router" + home;
                String host = home == 1 ? "one" : "two";
                plug(router, "10.99.0.2" + home + "/24");
                wire(router, "lan", host, "eth");
                run(router, "ip address add 192.168." + home + ".1/24 dev lan");
                run(router, "sysctl -q -w net.ipv4.ip_forward=1");
                address(host, "192.168." + home + ".2", "192.168." + home + ".1");
                router(router, Nat.CONE, "");
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Why there can be no such network here.
     * @return empty if there can */
    static Optional<String> obstacle() {
        for (String tool : List.of("ip", "nft")) {
            if (!Files.isExecutable(Path.of("/usr/sbin", tool))) {
                return Optional.of(
                        tool
                                + " is not installed: the tests in network namespaces are skipped; to run them: apt-get install iproute2 nftables");
            }
        }
        try (Probe probe = new Probe()) {
            probe.build();
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(
                    "network namespaces are not allowed here: the tests in them are skipped (run as root, in a container with --privileged): "
                            + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    /** One namespace with one rule, to see whether that can be had. */
    private static final class Probe implements AutoCloseable {
        private final String name = "weft" + ProcessHandle.current().pid() + "-probe";

        void build() {
            ip("netns add " + name);
            ip("-n " + name + " link add one type veth peer name two");
            run(List.of("ip", "netns", "exec", name, "nft", "add table ip weft"), "");
        }

        @Override
        public void close() {
            try {
                ip("netns del " + name);
            } catch (AssertionError neverMade) {
                // nothing to take away
            }
        }
    }

    /** How a command is run in a namespace. */
    List<String> in(String name) {
        return List.of("ip", "netns", "exec", prefix + name);
    }

    /** Sets what a router does.
     * @param more rules of nftables for what it forwards */
    void router(String name, Nat nat, String more) {
        run(
                command(in(name), "nft -f -"),
                """
                table ip weft
                delete table ip weft
                table ip weft {
                  chain out {
                    type nat hook postrouting priority srcnat;
                    oifname "net" %s
                  }
                  chain unasked {
                    type filter hook input priority filter;
                    iifname "net" meta l4proto udp drop
                  }
                  chain through {
                    type filter hook forward priority filter;
                    %s
                  }
                }
                """
                        .formatted(nat.verdict, more));
    }

    void routers(Nat nat, String more) {
        router("router1", nat, more);
        router("router2", nat, more);
    }

    /** Gives a host another address. */
    void address(String host, String address, String gateway) {
        run(host, "ip address flush dev eth");
        run(host, "ip address add " + address + "/24 dev eth");
        run(host, "ip route replace default via " + gateway);
    }

    /** Adds a delay and a loss of packets to what leaves a host; where the kernel has no netem, the loss alone.
     * @return whether there is a delay */
    boolean spoil(String router, int delayMillis, int lossPercent) {
        try {
            run(
                    router,
                    "tc qdisc add dev net root netem delay "
                            + delayMillis
                            + "ms loss "
                            + lossPercent
                            + "%");
            return true;
        } catch (AssertionError noNetem) {
            router(router, Nat.CONE, "numgen random mod 100 < " + lossPercent + " drop");
            return false;
        }
    }

    /** Undoes {@link #spoil}. */
    void mend(String router, boolean delayed) {
        if (delayed) {
            run(router, "tc qdisc del dev net root");
        }
        router(router, Nat.CONE, "");
    }

    private void plug(String name, String address) {
        wire("wan", "to-" + name, name, "net");
        run("wan", "ip link set to-" + name + " master net");
        run(name, "ip address add " + address + " dev net");
        // without it coturn gives a session up that sends to an address of somebody's home
        run(name, "ip route add default via " + INTERNET);
    }

    private void wire(String one, String oneEnd, String other, String otherEnd) {
        ip(
                "link add "
                        + oneEnd
                        + " netns "
                        + prefix
                        + one
                        + " type veth peer name "
                        + otherEnd
                        + " netns "
                        + prefix
                        + other);
        run(one, "ip link set " + oneEnd + " up");
        run(other, "ip link set " + otherEnd + " up");
    }

    private void run(String name, String words) {
        run(command(in(name), words), "");
    }

    private static void ip(String words) {
        run(command(List.of("ip"), words), "");
    }

    private static List<String> command(List<String> before, String words) {
        List<String> all = new ArrayList<>(before);
        all.addAll(List.of(words.split(" ")));
        return all;
    }

    private static void run(List<String> command, String input) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        made.forEach(name -> ip("netns del " + prefix + name));
        made.clear();
    }
}

package dev.weft.skill.net;

import java.io.IOException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Connects to the host of a URL. A name is looked up once, each address is checked, and the socket goes to the very address
 * that was checked: a name server that gives another answer a moment later (DNS rebinding) gains nothing.
 */
public final class Dial {
    private static final int MAX_ADDRESSES = 4;

    private final Gate gate;
    private final ExecutorService blocking;

    /** Dials through a gate.
     * @param gate says which addresses are open
     * @param blocking looks names up */
    public Dial(Gate gate, ExecutorService blocking) {
        this.gate = gate;
        this.blocking = blocking;
    }

    /** @return a connected socket
     * @throws IllegalArgumentException if the host is behind the fence */
    Socket connect(URI url, Deadline deadline) throws IOException, InterruptedException {
        String host = host(url);
        List<InetAddress> open =
                Arrays.stream(lookUp(host, deadline))
                        .filter(gate::permits)
                        .limit(MAX_ADDRESSES)
                        .toList();
        if (open.isEmpty()) {
            throw new IllegalArgumentException(
                    "fetching from "
                            + host
                            + " is not allowed: it is this machine, a private or another special address");
        }
        IOException failure = null;
        for (InetAddress address : open) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port(url)), deadline.millis());
                return socket;
            } catch (IOException e) {
                socket.close();
                failure =
                        deadline.isOver()
                                ? deadline.late()
                                : new IOException(
                                        "cannot connect to " + host + ": " + e.getMessage(), e);
            }
        }
        throw failure;
    }

    /** The host without brackets, in ASCII. */
    static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : IDN.toASCII(host);
    }

    static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
    }

    /** Name servers can be slow, and a lookup cannot be told to hurry: it runs beside us. */
    private InetAddress[] lookUp(String host, Deadline deadline)
            throws IOException, InterruptedException {
        Future<InetAddress[]> lookup;
        try {
            lookup = blocking.submit(() -> InetAddress.getAllByName(host));
        } catch (RejectedExecutionException e) {
            throw new IOException("this host is too busy to look up " + host, e);
        }
        try {
            return lookup.get(deadline.millis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            lookup.cancel(true);
            throw deadline.late();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownHostException
                    ? new IOException("there is no host called " + host, e)
                    : new IOException("cannot look up " + host, e);
        }
    }
}

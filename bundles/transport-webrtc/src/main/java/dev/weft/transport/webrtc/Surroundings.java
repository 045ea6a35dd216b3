package dev.weft.transport.webrtc;

import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What the parts of the transport share.
 *
 * @param identity who this host is
 * @param signaling the way to peers that have no link yet
 * @param directory the agents known; empty while nobody offers it
 * @param listener hears of links
 * @param engine the native library
 * @param pool for work that blocks
 * @param timer hands over when time is up
 * @param setup how long a link may take to come up
 */
record Surroundings(
        HostIdentity identity,
        Signaling signaling,
        Supplier<Optional<AgentDirectory>> directory,
        LinkListener listener,
        WebRtcEngine engine,
        ExecutorService pool,
        ScheduledExecutorService timer,
        Duration setup) {

    AgentId self() {
        return identity.agentId();
    }

    /** The peer as the directory has it. */
    Optional<AgentDirectory.KnownAgent> known(AgentId peer) {
        return directory
                .get()
                .flatMap(agents -> agents.find(peer.value()))
                .filter(agent -> agent.card().agentId().equals(peer));
    }

    SerialExecutor serial() {
        return new SerialExecutor(pool, timer);
    }

    /** Runs a task later.
     * @return null if the host is stopping: the task will not run */
    ScheduledFuture<?> later(Duration delay, Runnable task) {
        try {
            return timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            return null;
        }
    }
}

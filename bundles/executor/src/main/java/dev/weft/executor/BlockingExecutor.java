package dev.weft.executor;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor for work that blocks. It never queues: a task runs at once or is refused, so that a full host shows as
 * "busy" and not as a growing wait.
 */
@Component(
        service = ExecutorService.class,
        property = "weft.executor=blocking",
        configurationPid = "dev.weft.executor")
@Designate(ocd = BlockingExecutor.Config.class)
public final class BlockingExecutor extends AbstractExecutorService {
    /** How the work is run. */
    @ObjectClassDefinition(name = "Weft blocking executor")
    public @interface Config {
        /** Kind of thread.
         * @return {@code auto}, {@code virtual} or {@code platform} */
        @AttributeDefinition(
                description =
                        "auto: virtual threads where they do not pin (Java 24 on), else platform threads")
        String threads() default "auto";

        /** Most tasks at once.
         * @return 0 for the default: 512 on virtual threads, 256 on platform threads */
        @AttributeDefinition(
                description = "most tasks at once; 0: 512 virtual or 256 platform threads")
        int limit() default 0;
    }

    private static final Logger LOG = LoggerFactory.getLogger(BlockingExecutor.class);
    private static final int CORE = 2;
    private static final long IDLE_SECONDS = 30;
    private static final long FAREWELL_MILLIS = 1000;

    private final int limit;
    private final ThreadPoolExecutor pool;

    /** Starts empty: threads are made when work comes.
     * @param config kind and number of threads */
    @Activate
    public BlockingExecutor(Config config) {
        boolean virtual =
                switch (config.threads()) {
                    case "virtual" -> true;
                    case "platform" -> false;
                    case "auto" -> Threads.virtualDoNotPin();
                    default ->
                            throw new IllegalArgumentException(
                                    "dev.weft.executor: threads must be auto, virtual or platform, got \""
                                            + config.threads()
                                            + "\"");
                };
        if (config.limit() < 0) {
            throw new IllegalArgumentException(
                    "dev.weft.executor: limit must be 0 or more, got " + config.limit());
        }
        limit = config.limit() > 0 ? config.limit() : virtual ? 512 : 256;
        pool =
                virtual
                        ? new ThreadPoolExecutor(
                                0,
                                limit,
                                0,
                                TimeUnit.SECONDS,
                                new SynchronousQueue<>(),
                                Threads.virtual("weft-work-"))
                        : new ThreadPoolExecutor(
                                Math.min(CORE, limit),
                                limit,
                                IDLE_SECONDS,
                                TimeUnit.SECONDS,
                                new SynchronousQueue<>(),
                                Threads.platform("weft-work-"));
        LOG.debug(
                "blocking work runs on at most {} {} threads",
                limit,
                virtual ? "virtual" : "platform");
    }

    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            throw new RejectedExecutionException(
                    pool.isShutdown()
                            ? "this host is stopping"
                            : "all " + limit + " work threads are busy; try again later",
                    e);
        }
    }

    private static void run(Runnable task) {
        Threads.reset();
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("work failed on {}: {}", Thread.currentThread().getName(), e, e);
        } finally {
            Threads.reset();
        }
    }

    /** Interrupts what still runs and waits a moment for it. */
    @Deactivate
    public void close() {
        pool.shutdownNow();
        try {
            if (!pool.awaitTermination(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "{} pieces of work ignored the interrupt and still run",
                        pool.getActiveCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Refused: the executor is shared, only its own bundle ends it. */
    @Override
    public void shutdown() {
        throw new UnsupportedOperationException("the executor is shared and ends with its bundle");
    }

    /** Refused: the executor is shared, only its own bundle ends it. */
    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("the executor is shared and ends with its bundle");
    }

    @Override
    public boolean isShutdown() {
        return pool.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return pool.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return pool.awaitTermination(timeout, unit);
    }
}

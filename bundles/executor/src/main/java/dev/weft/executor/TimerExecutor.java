package dev.weft.executor;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's timer: two threads that only hand over. What a timed task throws is logged, since nobody looks into the future
 * of a periodic one.
 */
@Component(service = ScheduledExecutorService.class, property = "weft.executor=timer")
public final class TimerExecutor extends AbstractExecutorService
        implements ScheduledExecutorService {
    private static final Logger LOG = LoggerFactory.getLogger(TimerExecutor.class);
    private static final int THREADS = 2;
    private static final long FAREWELL_MILLIS = 500;

    private final Timer timer = new Timer();

    /** Starts the threads. */
    @Activate
    public TimerExecutor() {
        timer.prestartAllCoreThreads();
    }

    @Override
    public void execute(Runnable task) {
        timer.execute(task);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return super.newTaskFor(
                () -> {
                    try {
                        return task.call();
                    } catch (Exception e) {
                        Timer.report(e, false);
                        throw e;
                    }
                });
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T value) {
        return newTaskFor(
                () -> {
                    task.run();
                    return value;
                });
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return timer.schedule(task, delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return timer.schedule(task, delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
            Runnable task, long delay, long period, TimeUnit unit) {
        return timer.scheduleAtFixedRate(task, delay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
            Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return timer.scheduleWithFixedDelay(task, initialDelay, delay, unit);
    }

    /** Drops what is due later, interrupts what runs. */
    @Deactivate
    public void close() {
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "a timed task ignored the interrupt and still runs; timed tasks must not block");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Refused: the timer is shared, only its own bundle ends it. */
    @Override
    public void shutdown() {
        throw new UnsupportedOperationException("the timer is shared and ends with its bundle");
    }

    /** Refused: the timer is shared, only its own bundle ends it. */
    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("the timer is shared and ends with its bundle");
    }

    @Override
    public boolean isShutdown() {
        return timer.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return timer.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return timer.awaitTermination(timeout, unit);
    }

    /** Looks into each future when its task is over. */
    private static final class Timer extends ScheduledThreadPoolExecutor {
        Timer() {
            super(THREADS, Threads.platform("weft-timer-"));
            setRemoveOnCancelPolicy(true);
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            Threads.reset();
        }

        @Override
        protected void afterExecute(Runnable task, Throwable thrown) {
            if (task instanceof Future<?> future && future.isDone() && !future.isCancelled()) {
                try {
                    future.get();
                } catch (ExecutionException e) {
                    report(
                            e.getCause(),
                            task instanceof java.util.concurrent.RunnableScheduledFuture<?> timed
                                    && timed.isPeriodic());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (CancellationException e) {
                    LOG.trace("canceled between two looks", e);
                }
            }
        }

        static void report(Throwable failure, boolean periodic) {
            LOG.error(
                    "a timed task failed{}: {}",
                    periodic ? " and will not run again" : "",
                    failure,
                    failure);
        }
    }
}

package dev.weft.deploy;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** A log that kills the JVM when the n-th change on disk is told, counted from {@link #arm}. */
public final class HaltingLog implements SLF4JServiceProvider {
    /** Exit code of a JVM that was killed. */
    public static final int KILLED = 137;

    private static final AtomicInteger LEFT = new AtomicInteger(Integer.MAX_VALUE);
    private final IMarkerFactory markers = new BasicMarkerFactory();

    /** Begins to count.
     * @param step how many changes the JVM lives through */
    public static void arm(int step) {
        LEFT.set(step);
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> new Steps(name.endsWith(".Disk"));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return new NOPMDCAdapter();
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}

    private static final class Steps extends AbstractLogger {
        private static final long serialVersionUID = 1L;
        private final boolean counts;

        Steps(boolean counts) {
            this.counts = counts;
        }

        @Override
        protected String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String text, Object[] arguments, Throwable cause) {
            if (counts && LEFT.decrementAndGet() == 0) {
                System.out.println(
                        "killed after: " + MessageFormatter.basicArrayFormat(text, arguments));
                System.out.flush();
                Runtime.getRuntime().halt(KILLED);
            }
        }

        @Override
        public boolean isTraceEnabled() {
            return counts;
        }

        @Override
        public boolean isTraceEnabled(Marker marker) {
            return counts;
        }

        @Override
        public boolean isDebugEnabled() {
            return counts;
        }

        @Override
        public boolean isDebugEnabled(Marker marker) {
            return counts;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled(Marker marker) {
            return false;
        }

        @Override
        public boolean isWarnEnabled() {
            return false;
        }

        @Override
        public boolean isWarnEnabled(Marker marker) {
            return false;
        }

        @Override
        public boolean isErrorEnabled() {
            return false;
        }

        @Override
        public boolean isErrorEnabled(Marker marker) {
            return false;
        }
    }
}

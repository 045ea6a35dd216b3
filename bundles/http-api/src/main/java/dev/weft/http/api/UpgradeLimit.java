package dev.weft.http.api;

import dev.weft.api.health.Measures;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardFilterAsyncSupported;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardFilterPattern;

/**
 * Tells an address that asks for sockets with bad tokens too often when to try again. Good tokens pass whatever the address: many hosts
 * may share one, and come back at once after their registry was away.
 */
@Component(
        service = {Filter.class, Measures.class},
        configurationPid = "dev.weft.http.api")
@HttpWhiteboardFilterPattern("/ws")
@HttpWhiteboardFilterAsyncSupported
public final class UpgradeLimit implements Filter, Measures {
    private final Addresses addresses;
    private final Throttle throttle;
    private final LongAdder refused = new LongAdder();

    /** Starts with nobody to blame.
     * @param config the rate of strangers, and which proxies are believed */
    @Activate
    public UpgradeLimit(HttpConfig config) {
        this(config, new SteadyClock());
    }

    UpgradeLimit(HttpConfig config, Clock clock) {
        addresses = new Addresses(config.trust_forwarded(), config.trusted_proxies());
        throttle =
                new Throttle(
                        config.requests__per__second(), config.strangers__per__second(), clock);
    }

    @Override
    public void doFilter(ServletRequest any, ServletResponse answer, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) any;
        HttpServletResponse response = (HttpServletResponse) answer;
        chain.doFilter(request, response);
        if (response.getStatus() != HttpServletResponse.SC_UNAUTHORIZED || response.isCommitted()) {
            return;
        }
        try {
            throttle.take(null, addresses.of(request), response);
        } catch (ApiException tooMany) {
            refused.increment();
            response.reset();
            SecurityHeaders.set(request, response);
            Problems.of(tooMany, "GET /ws").writeTo(response);
        }
    }

    @Override
    public Collection<Measure> measure() {
        return List.of(
                Measure.total(
                        "weft_signaling_rate_limited_total",
                        "Upgrades to WebSocket without a good token, above the limit of their address.",
                        refused.sum()));
    }
}

package dev.weft.signaling;

import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Tokens;
import dev.weft.protocol.Wire;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletName;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** {@code GET /ws}: lets members of the mesh in, by their token, and upgrades to WebSocket. */
@Component(service = Servlet.class, configurationPid = "dev.weft.signaling")
@HttpWhiteboardServletPattern("/ws")
@HttpWhiteboardServletName("weft-signaling")
public final class SignalingServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String INSTANCE = "X-Weft-Instance";
    private static final String BEARER = "bearer ";

    private final transient Admission admission;
    private final transient Upgrade upgrade = new Upgrade();
    private final transient Hub hub;
    private final transient Switchboard switchboard;
    private final transient ScheduledExecutorService timer;
    private final int perSecond;

    /** Sidecars of the reference show their token in the URL; nobody else may, since URLs are written to logs. */
    @Reference(
            target = LegacyAccess.ON,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile LegacyAccess legacy;

    /** The servlet; the whiteboard initialises it.
     * @param tokens checks who asks
     * @param hub keeps the sockets
     * @param timer slows down who sends too fast
     * @param config the rate */
    @Activate
    public SignalingServlet(
            @Reference Tokens tokens,
            @Reference Hub hub,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            SignalingConfig config) {
        this.admission = new Admission(tokens, hub);
        this.hub = hub;
        this.switchboard = new Switchboard(hub, admission);
        this.timer = timer;
        this.perSecond = config.messages__per__second();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Optional<Admission.Pass> pass = shown(request).flatMap(admission::admit);
        if (pass.isPresent()) {
            Endpoint endpoint =
                    new Endpoint(
                            pass.get(),
                            instance(request.getHeader(INSTANCE)),
                            hub,
                            switchboard,
                            timer,
                            perSecond);
            if (!upgrade.accept(request, endpoint) && !response.isCommitted()) {
                super.service(request, response);
            }
            return;
        }
        String detail =
                "needs Authorization: Bearer with the token of an agent that is a member of this mesh";
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        response.setHeader("WWW-Authenticate", "Bearer");
        response.setContentType("application/problem+json");
        response.getWriter()
                .write(
                        Wire.write(
                                (Object)
                                        Wire.object()
                                                .put("title", "Unauthorized")
                                                .put("status", HttpServletResponse.SC_UNAUTHORIZED)
                                                .put("detail", detail)
                                                .put("error", detail)));
    }

    private static String instance(String header) {
        return header != null && header.matches("[A-Za-z0-9-]{1,64}") ? header : "";
    }

    private Optional<String> shown(HttpServletRequest request) {
        String header = request.getHeader("Authorization");
        if (header != null) {
            return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
                    ? Optional.of(header.substring(BEARER.length()).trim())
                    : Optional.empty();
        }
        return legacy == null
                ? Optional.empty()
                : Optional.ofNullable(request.getParameter("token"));
    }
}

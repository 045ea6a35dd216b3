package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.Principal;
import dev.weft.protocol.Wire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** One call of a route, as its handler sees it. */
final class Call {
    private final AsyncContext async;
    private final Map<String, String> parameters;
    private final Caller caller;
    private final String address;
    private final byte[] body;
    private final Exchange exchange;

    Call(
            AsyncContext async,
            Map<String, String> parameters,
            Caller caller,
            String address,
            byte[] body,
            Exchange exchange) {
        this.exchange = exchange;
        this.async = async;
        this.parameters = parameters;
        this.caller = caller;
        this.address = address;
        this.body = body;
    }

    HttpServletRequest request() {
        return (HttpServletRequest) async.getRequest();
    }

    HttpServletResponse response() {
        return (HttpServletResponse) async.getResponse();
    }

    AsyncContext async() {
        return async;
    }

    /** Who calls; null on open routes when nothing valid was shown. */
    Caller caller() {
        return caller;
    }

    /** By which logs and the client know this call. */
    String id() {
        return exchange.id();
    }

    /** Where the call comes from, for rate limits. */
    String address() {
        return address;
    }

    /** Who it turned out to be, on routes that check the credential themselves; for the audit log.
     * @param principal who proved it */
    void proven(Principal principal) {
        exchange.proven(principal);
    }

    /** Notes that the answer begins, for a handler that writes it itself: before the client can see it. */
    void begun() {
        exchange.write(Reply.STREAMED);
    }

    /** What the call was about, where its path does not say; for the audit log.
     * @param target never a secret */
    void about(String target) {
        exchange.about(target);
    }

    String path(String parameter) {
        return parameters.get(parameter);
    }

    /** A query parameter.
     * @param name its name
     * @return "" if absent */
    String query(String name) {
        String value = request().getParameter(name);
        return value == null ? "" : value;
    }

    String header(String name) {
        return request().getHeader(name);
    }

    /** The body, as the JSON object it must be.
     * @return the object
     * @throws ApiException 400 if it is another kind of document
     * @throws dev.weft.protocol.ProtocolException {@code bad_json} with line and column if it is not JSON */
    JsonNode json() {
        JsonNode document = Wire.tree(new String(body, StandardCharsets.UTF_8));
        if (!document.isObject()) {
            throw ApiException.bad("bad_json", "the body must be a JSON object");
        }
        return document;
    }

    boolean hasBody() {
        return body.length > 0;
    }

    /** The body as it arrives; only on routes for files. */
    InputStream stream() throws IOException {
        return request().getInputStream();
    }

    /** Lets this call take longer than others before the server gives up on it.
     * @param longest how long the handler may take */
    void patience(Duration longest) {
        async.setTimeout(longest.plusSeconds(10).toMillis());
    }

    boolean wantsEvents() {
        String accept = header("Accept");
        return accept != null && accept.contains("text/event-stream");
    }

    static String text(JsonNode object, String member) {
        JsonNode value = object.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            throw ApiException.bad("bad_member", "\"" + member + "\" must be a string");
        }
        return value.textValue();
    }

    static String required(JsonNode object, String member) {
        String value = text(object, member);
        if (value.isBlank()) {
            throw ApiException.bad("missing_member", "\"" + member + "\" is missing");
        }
        return value;
    }

    static double number(
            JsonNode object, String member, double otherwise, double least, double most) {
        JsonNode value = object.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber() || !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            throw ApiException.bad(
                    "bad_" + member,
                    "\""
                            + member
                            + "\" must be a number from "
                            + plain(least)
                            + " to "
                            + plain(most));
        }
        return value.doubleValue();
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}

package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Which pieces of a peer's output have come: each is taken once, and what is not the next one is said to be so. Thread-safe. */
final class Pieces {
    /** Which attempt of the peer the pieces are of; 0 before the first. */
    private int attempt;

    private long next;

    /**
     * A piece.
     *
     * @param text to hand on; "" for an end mark, or for a piece that came before
     * @param broken why the text does not continue what came before; "" if it does
     */
    record Taken(String text, String broken) {}

    /** Takes a piece.
     * @param piece {@code {text, attempt, seq}}; a peer that counts nothing sends the text alone */
    synchronized Taken take(JsonNode piece) {
        String text = piece.path("text").asText("");
        String broken = "";
        int now = piece.path("attempt").asInt(attempt);
        if (now != attempt && next > 0) {
            broken = "began again: its output starts anew after " + next + " pieces";
            next = 0;
        }
        attempt = now;
        long sequence = piece.path("seq").asLong(next);
        if (sequence < next) {
            return new Taken("", broken);
        }
        if (sequence > next) {
            broken = "does not have pieces " + next + " to " + (sequence - 1) + " any more";
        }
        next = text.isEmpty() ? sequence : sequence + 1;
        return new Taken(text, broken);
    }

    /** Says in a request what is here already. */
    synchronized void tell(ObjectNode request) {
        request.put("after", next).put("attempt", attempt);
    }
}

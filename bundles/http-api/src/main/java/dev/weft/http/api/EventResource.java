package dev.weft.http.api;

import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.identity.Role;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What happens in this host, as server-sent events. A stream ends when its credential does. */
final class EventResource implements Resource {
    private final Rooms rooms;
    private final SseStream.Pulse pulse;
    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final Set<SseStream> streams = ConcurrentHashMap.newKeySet();

    EventResource(Rooms rooms, SseStream.Pulse pulse, int most) {
        this.rooms = rooms;
        this.pulse = pulse;
        this.most = most;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/events",
                                "Server-sent events; Last-Event-ID resumes",
                                Route.roles(Role.ADMIN, Role.OPERATOR, Role.VIEWER),
                                this::follow)
                        .inlined());
    }

    private CompletionStage<Reply> follow(Call call) throws IOException {
        Events events = rooms.need(rooms.events, "this host keeps no events");
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            throw new ApiException(
                    503,
                    "too_many_streams",
                    "this host has " + most + " event streams open, and takes no more",
                    30);
        }
        var end = new CompletableFuture<Void>();
        end.thenRun(open::decrementAndGet);
        SseStream stream = new SseStream(call, pulse, () -> end.complete(null));
        streams.add(stream);
        end.thenRun(() -> streams.remove(stream));
        try {
            Events.Subscription subscription =
                    events.subscribe(after(call), event -> send(stream, event));
            end.thenRun(subscription::close);
        } catch (RuntimeException failure) {
            stream.close();
            throw failure;
        }
        return CompletableFuture.completedFuture(Reply.STREAMED);
    }

    private static void send(SseStream stream, Event event) {
        stream.send(String.valueOf(event.id()), event.type(), event.data());
    }

    private static long after(Call call) {
        String last = call.header("Last-Event-ID");
        try {
            return last == null || last.isBlank() ? -1 : Math.max(0, Long.parseLong(last.trim()));
        } catch (NumberFormatException notOurs) {
            return -1;
        }
    }

    /** Ends every stream. */
    void stop() {
        streams.forEach(SseStream::close);
    }

    int open() {
        return open.get();
    }
}

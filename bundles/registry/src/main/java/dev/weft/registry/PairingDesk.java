package dev.weft.registry;

import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.registry.Pairing;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How hosts join. A host proves with its signature that it holds the key that its code is bound to. */
@Component(service = {Pairing.class, PairingDesk.class})
public final class PairingDesk implements Pairing, Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(PairingDesk.class);
    private static final String LOCK = "pairing";
    private static final long REFRESH_MILLIS = Duration.ofSeconds(30).toMillis();
    private static final long COLLECT_MILLIS = Duration.ofHours(24).toMillis();
    private final Members members;
    private final Directory directory;
    private final Announcer announcer;
    private final RegistryDatabase database;
    private final InstantSource clock;
    private final CodeBook codes;
    private final ReentrantLock lock = new ReentrantLock();
    private long refreshDue; // used by the sweep only

    /** Opens the desk.
     * @param members who belongs to the mesh
     * @param directory the agents
     * @param announcer tells of changes
     * @param database keeps the codes */
    @Activate
    public PairingDesk(
            @Reference Members members,
            @Reference Directory directory,
            @Reference Announcer announcer,
            @Reference RegistryDatabase database) {
        this(members, directory, announcer, database, InstantSource.system());
    }

    PairingDesk(
            Members members,
            Directory directory,
            Announcer announcer,
            RegistryDatabase database,
            InstantSource clock) {
        this.database = database;
        this.members = members;
        this.directory = directory;
        this.announcer = announcer;
        this.clock = clock;
        this.codes =
                new CodeBook(
                        database,
                        Duration.ofSeconds(CODE_SECONDS),
                        clock,
                        code ->
                                members.all().stream()
                                        .anyMatch(member -> member.code().equals(code)));
    }

    /** One change at a time, in this host and in the others. */
    private <T> T alone(Supplier<T> work) {
        lock.lock();
        try {
            return members.isShared() ? database.exclusively(LOCK, work) : work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Code generateCode(String createdBy) {
        Code code = new Code(alone(codes::generate), CODE_SECONDS);
        LOG.info("{} made a pairing code", createdBy);
        return code;
    }

    @Override
    public Answer pair(Request request) {
        String key = PairingProof.keyOf(request);
        Answer answer = alone(() -> present(request, key));
        announcer.tell();
        return answer;
    }

    private Answer present(Request request, String key) {
        if (members.isShared()) {
            members.refresh(key, request.code(), request.agentName());
        }
        Optional<Member> known = members.withKey(key);
        Member member = known.filter(one -> one.code().equals(request.code())).orElse(null);
        if (member == null) {
            codes.claim(request.code(), key);
            member = enter(known.orElse(null), request, key);
        }
        return answer(member);
    }

    private Member enter(Member known, Request request, String key) {
        String name = request.agentName();
        long now = clock.millis();
        if (known != null && known.is(Member.APPROVED)) {
            if (!known.name().equals(name)) {
                throw new ProtocolException(
                        "name_taken",
                        "this host is a member already as \""
                                + known.name()
                                + "\"; revoke that before it joins under another name");
            }
            return members.put(
                    known.askingAgain(
                            request.code(), now)); // it lost its token; its key proves who it is
        }
        AgentId peerId = known == null ? newPeerId() : known.peerId();
        boolean asked =
                members.all().stream()
                        .anyMatch(
                                other ->
                                        other.is(Member.PENDING)
                                                && other.name().equals(name)
                                                && !other.publicKey().equals(key));
        if (asked || directory.names().holder(name, peerId).isPresent()) {
            throw new ProtocolException(
                    "name_taken",
                    "another host has or asks for the name \""
                            + name
                            + "\"; join under another name, or revoke or reject that host first");
        }
        Member fresh =
                known == null
                        ? new Member(
                                Secrets.hex(12),
                                name,
                                peerId,
                                key,
                                Member.PENDING,
                                request.code(),
                                "",
                                now,
                                now,
                                0)
                        : known.asking(name, request.code(), now);
        announce(members.put(fresh));
        LOG.info(
                "host \"{}\" asks to join as {}; `weft approve {}` lets it in",
                name,
                peerId,
                fresh.id());
        return fresh;
    }

    private AgentId newPeerId() {
        AgentId id;
        do {
            id = new AgentId("agent-" + Secrets.hex(6));
        } while (members.withPeerId(id).isPresent()
                || members.isLocal(id)
                || directory.find(id).isPresent());
        return id;
    }

    private Answer answer(Member member) {
        String token = null;
        if (member.is(Member.APPROVED) && clock.millis() - member.approvedAt() < COLLECT_MILLIS) {
            token = "dt_" + Secrets.hex(32);
            members.put(member.withToken(Secrets.sha256(token)));
        }
        return new Answer(member.id(), member.status(), member.peerId(), token);
    }

    private void announce(Member member) {
        announcer.event("pairing." + member.status(), member.entry());
    }

    @Override
    public List<Entry> list(boolean pendingOnly) {
        return members.all().stream()
                .filter(member -> !pendingOnly || member.is(Member.PENDING))
                .map(Member::entry)
                .sorted(Comparator.comparingDouble(Entry::createdAt).reversed())
                .toList();
    }

    @Override
    public Optional<Entry> approve(String idOrName) {
        return change(Member.PENDING, idOrName, member -> member.approved(clock.millis()));
    }

    @Override
    public Optional<Entry> reject(String idOrName) {
        return change(
                Member.PENDING, idOrName, member -> member.closed(Member.REJECTED, clock.millis()));
    }

    @Override
    public Optional<Entry> revoke(String idOrName) {
        return change(
                Member.APPROVED, idOrName, member -> member.closed(Member.REVOKED, clock.millis()));
    }

    private Optional<Entry> change(String from, String idOrName, Function<Member, Member> change) {
        Optional<Member> changed = alone(() -> found(from, idOrName).map(change).map(this::put));
        announcer.tell();
        return changed.map(Member::entry);
    }

    private Optional<Member> found(String status, String idOrName) {
        if (members.isShared()) {
            members.refresh();
        }
        return find(status, idOrName);
    }

    private Member put(Member changed) {
        Member member = members.put(changed);
        announce(member);
        if (member.is(Member.REVOKED)) {
            announcer.revoked(member.peerId());
            directory.forget(member.peerId(), "revoked");
        }
        LOG.info("host \"{}\" ({}) is {}", member.name(), member.peerId(), member.status());
        return member;
    }

    private Optional<Member> find(String status, String idOrName) {
        List<Predicate<Member>> ways =
                List.of(
                        member -> member.id().equals(idOrName),
                        member -> member.peerId().value().equals(idOrName),
                        member -> member.name().equals(idOrName));
        return ways.stream()
                .flatMap(
                        way ->
                                members.all().stream()
                                        .filter(member -> member.is(status))
                                        .filter(way))
                .findFirst();
    }

    @Override
    public Optional<Principal> verifyDeviceToken(String token) {
        if (token == null || !token.startsWith("dt_") || token.length() != 35) {
            return Optional.empty();
        }
        return members.withTokenHash(Secrets.sha256(token))
                .map(id -> new Principal(id.value(), Role.AGENT));
    }

    @Override
    public boolean isApproved(AgentId id) {
        return members.isApproved(id);
    }

    @Override
    public List<AgentId> revoked(int most) {
        return members.all().stream()
                .filter(member -> member.is(Member.REVOKED))
                .sorted(Comparator.comparingLong(Member::updatedAt).reversed())
                .limit(most)
                .map(Member::peerId)
                .toList();
    }

    /** Lets codes go that can no longer fetch a token, and reads anew what other hosts may have changed unheard. */
    @Override
    public void sweep() {
        long now = clock.millis();
        if (members.isShared() && now >= refreshDue) {
            refreshDue = now + REFRESH_MILLIS;
            members.refresh();
        }
        if (members.all().stream().anyMatch(member -> isOver(member, now))) {
            alone(
                    () -> {
                        if (members.isShared()) {
                            members.refresh();
                        }
                        members.all().stream()
                                .filter(member -> isOver(member, now))
                                .toList()
                                .forEach(member -> members.put(member.withoutCode()));
                        return null;
                    });
        }
        codes.prune();
    }

    private static boolean isOver(Member member, long now) {
        return !member.code().isEmpty()
                && !member.is(Member.PENDING)
                && now - member.updatedAt() >= COLLECT_MILLIS;
    }
}

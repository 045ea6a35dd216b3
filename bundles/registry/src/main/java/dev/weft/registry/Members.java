package dev.weft.registry;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.cluster.ClusterListener;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.LegacyAccess;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Who belongs to the mesh. Answers from memory; changes are written through, the database first, and the other hosts of this registry
 * read them anew when they are told.
 */
@Component(service = Members.class)
public final class Members {
    private static final String COLUMNS =
            "id, name, peer_id, public_key, status, code, token_hash, created_at, updated_at, approved_at";
    private static final String TOPIC = "registry.member";
    private static final String HOST_TOPIC = "registry.host";
    private final RegistryDatabase database;
    private final HostIdentity local;
    private final Cluster cluster;
    private final Announcer announcer;
    private final Cluster.Subscription changes;
    private final Cluster.Subscription introductions;
    private final ReentrantLock writing = new ReentrantLock();
    private final Map<String, Host> hosts = new ConcurrentHashMap<>();
    private final Map<String, Member> byKey = new ConcurrentHashMap<>();
    private final Map<AgentId, Member> byPeer = new ConcurrentHashMap<>();
    private final Map<String, AgentId> byToken = new ConcurrentHashMap<>();

    /** Agents of the reference are members without pairing, where that is on. */
    @Reference(
            target = LegacyAccess.ON,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile LegacyAccess legacy;

    /** Loads the members.
     * @param database where they are kept
     * @param local who this host is
     * @param cluster the other hosts of this registry
     * @param announcer tells of what other hosts changed */
    @Activate
    public Members(
            @Reference RegistryDatabase database,
            @Reference HostIdentity local,
            @Reference Cluster cluster,
            @Reference Announcer announcer) {
        this.database = database;
        this.local = local;
        this.cluster = cluster;
        this.announcer = announcer;
        rows("").forEach(this::remember);
        this.changes = cluster.subscribe(TOPIC, new Changes());
        this.introductions = cluster.subscribe(HOST_TOPIC, new Introductions());
    }

    /** Stops listening to the other hosts. */
    @Deactivate
    public void close() {
        changes.close();
        introductions.close();
    }

    private List<Member> rows(String where, Object... arguments) {
        return database.query(
                "SELECT " + COLUMNS + " FROM registry_pairings" + where, Members::read, arguments);
    }

    /** Whether other hosts change members too, so that what is to be decided on must be read first. */
    boolean isShared() {
        return cluster.isShared();
    }

    /** Reads what other hosts may have changed a moment ago. */
    void refresh() {
        read("");
        announcer.tell();
    }

    /** Reads and adopts with no change of this host in between, which would be undone in memory. */
    private void read(String where, Object... arguments) {
        writing.lock();
        try {
            rows(where, arguments).forEach(this::adopt);
        } finally {
            writing.unlock();
        }
    }

    /** Reads whatever bears on one request to join. */
    void refresh(String publicKey, String code, String name) {
        read(" WHERE public_key = ? OR code = ? OR name = ?", publicKey, code, name);
    }

    /** Takes over what another host wrote, and tells of it here. */
    private void adopt(Member member) {
        Member before = byKey.get(member.publicKey());
        if (member.equals(before)) {
            return;
        }
        remember(member);
        if (before == null || !before.status().equals(member.status())) {
            announcer.event("pairing." + member.status(), member.entry());
            if (member.is(Member.REVOKED)) {
                announcer.revoked(member.peerId());
            }
        }
    }

    /** What other hosts wrote. */
    private final class Changes implements ClusterListener {
        @Override
        public void received(String from, String id) {
            read(" WHERE id = ?", id);
            announcer.tell();
        }

        @Override
        public void resync() {
            refresh();
        }
    }

    /** Who the other hosts are: each is a member without having been paired. */
    private final class Introductions implements ClusterListener {
        @Override
        public void received(String from, String text) {
            int space = text.indexOf(' ');
            String id = space < 0 ? "" : text.substring(0, space);
            if (AgentId.isValid(id)) {
                hosts.put(from, new Host(new AgentId(id), text.substring(space + 1)));
            }
        }

        @Override
        public void joined(String host) {
            cluster.send(host, HOST_TOPIC, local.agentId() + " " + local.name());
        }

        @Override
        public void left(String host) {
            hosts.remove(host);
        }
    }

    private static Member read(ResultSet row) throws SQLException {
        return new Member(
                row.getString(1),
                row.getString(2),
                new AgentId(row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10));
    }

    /** Another host of this registry.
     * @param id of its agent
     * @param name its label */
    private record Host(AgentId id, String name) {}

    private void remember(Member member) {
        Member before = byKey.put(member.publicKey(), member);
        byPeer.put(member.peerId(), member);
        if (!member.tokenHash().isEmpty()) {
            byToken.put(member.tokenHash(), member.peerId());
        }
        if (before != null && !before.tokenHash().equals(member.tokenHash())) {
            byToken.remove(before.tokenHash());
        }
    }

    /** Stores a member that is new or changed. Callers take care that one key is changed by one thread at a time.
     * @param member as it is to be
     * @return the same */
    Member put(Member member) {
        writing.lock();
        try {
            write(member);
            remember(member);
        } finally {
            writing.unlock();
        }
        cluster.publish(TOPIC, member.id());
        return member;
    }

    private void write(Member member) {
        Object[] values = {
            member.name(),
            member.status(),
            member.code(),
            member.tokenHash(),
            member.updatedAt(),
            member.approvedAt(),
            member.id()
        };
        int changed =
                database.update(
                        "UPDATE registry_pairings SET name = ?, status = ?, code = ?, token_hash = ?, updated_at = ?, approved_at = ? WHERE id = ?",
                        values);
        if (changed == 0) {
            database.update(
                    "INSERT INTO registry_pairings ("
                            + COLUMNS
                            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    member.id(),
                    member.name(),
                    member.peerId().value(),
                    member.publicKey(),
                    member.status(),
                    member.code(),
                    member.tokenHash(),
                    member.createdAt(),
                    member.updatedAt(),
                    member.approvedAt());
        }
    }

    Collection<Member> all() {
        return byKey.values();
    }

    Optional<Member> withKey(String publicKey) {
        return Optional.ofNullable(byKey.get(publicKey));
    }

    Optional<Member> withPeerId(AgentId id) {
        return Optional.ofNullable(byPeer.get(id));
    }

    /** The agent whose device token has a hash. The comparison takes as long for a near miss as for a far one. */
    Optional<AgentId> withTokenHash(String hash) {
        if (!byToken.containsKey(hash) && isShared()) { // another host may have given it just now
            read(" WHERE token_hash = ?", hash);
        }
        return Optional.ofNullable(byToken.get(hash))
                .map(byPeer::get)
                .filter(
                        member ->
                                member.is(Member.APPROVED)
                                        && MessageDigest.isEqual(
                                                ascii(member.tokenHash()), ascii(hash)))
                .map(Member::peerId);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether it is the agent of this host, or of another host of this registry. */
    boolean isLocal(AgentId id) {
        if (local.agentId().equals(id)) {
            return true;
        }
        for (Host host : hosts.values()) { // no stream: this is asked for every frame that passes
            if (host.id().equals(id)) {
                return true;
            }
        }
        return false;
    }

    boolean isApproved(AgentId id) {
        Member member = byPeer.get(id);
        if (member != null) {
            return member.is(Member.APPROVED) || isLocal(id);
        }
        LegacyAccess unpaired = legacy;
        return isLocal(id) || unpaired != null && unpaired.admits(id);
    }

    /** Refuses an agent that was shut out.
     * @throws ProtocolException if its membership was revoked */
    void refuseRevoked(AgentId id) {
        Member member = byPeer.get(id);
        if (member != null && member.is(Member.REVOKED) && !isLocal(id)) {
            throw new ProtocolException(
                    "revoked",
                    "agent " + id + " was shut out of this mesh; pair it again with a new code");
        }
    }

    /** The directory shows of a member the key that it proved to hold when it was paired, whatever its card says.
     * @param card what an agent says of itself
     * @return the card with that key; as it is if the agent was not paired
     * @throws ProtocolException if the card names another key */
    AgentCard vouch(AgentCard card) {
        Member member = byPeer.get(card.agentId());
        if (member == null || member.publicKey().equals(card.publicKey())) {
            return card;
        }
        if (!card.publicKey().isEmpty()) {
            throw new ProtocolException(
                    "key_mismatch",
                    "agent "
                            + card.agentId()
                            + " was paired with another key than its card names; pair it again with a new code");
        }
        return new AgentCard(
                card.agentId(),
                card.hostname(),
                card.ip(),
                card.port(),
                card.sidecarPeerId(),
                card.capabilities(),
                card.status(),
                card.mode(),
                card.name(),
                card.skills(),
                card.labels(),
                card.version(),
                card.platform(),
                member.publicKey(),
                card.load());
    }

    /** Whose name it is, by membership.
     * @return this host, or the approved member of that name */
    Optional<AgentId> owner(String name) {
        if (local.name().equals(name)) {
            return Optional.of(local.agentId());
        }
        for (Host host : hosts.values()) {
            if (host.name().equals(name)) {
                return Optional.of(host.id());
            }
        }
        return byKey.values().stream()
                .filter(member -> member.is(Member.APPROVED) && member.name().equals(name))
                .map(Member::peerId)
                .findFirst();
    }
}

package dev.weft.identity;

import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.identity.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in the {@link Vault}, hashed. Beside them one key that lives as long as this process, in
 * {@code run/local.key}: whoever may read the data directory may command the host.
 */
@Component(
        service = {AccessKeys.class, StoredKeys.class},
        immediate = true)
public final class StoredKeys implements AccessKeys {
    /** What the ids of keys begin with: agents have other ids. */
    static final String ID = "key-";

    private static final Logger LOG = LoggerFactory.getLogger(StoredKeys.class);
    private static final Principal LOCAL = new Principal("local", Role.ADMIN);
    private static final int MOST = 1000;
    private static final int LABEL = 100;

    private final Vault vault;
    private final Runnable unwatch;
    private final Path localFile;
    private final byte[] localHash;
    private final Clock clock;
    private final KeyUse use;
    private volatile List<StoredKey> entries;

    /** Reads the keys and writes the local one.
     * @param context tells the data directory
     * @param vault where the keys are kept
     * @param blocking stores the times of use
     * @throws IllegalStateException if the file is damaged or the directory cannot be used */
    @Activate
    public StoredKeys(
            BundleContext context,
            @Reference Vault vault,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking) {
        this(DataFolder.of(context), vault, blocking, Clock.systemUTC());
    }

    StoredKeys(DataFolder data, Vault vault, ExecutorService blocking, Clock clock) {
        this.clock = clock;
        use = new KeyUse(clock, blocking, this::storeUse);
        this.vault = vault;
        entries = parse(vault.read(Vault.ACCESS));
        localFile = data.resolve("run/local.key");
        String local = Secret.fresh();
        localHash = Secret.hash(local);
        try {
            SecretFile.replace(localFile, local + "\n");
        } catch (IOException e) {
            throw DataFolder.unusable(localFile, e);
        }
        unwatch = vault.watch(this::reload);
    }

    private List<StoredKey> parse(Optional<Vault.Text> text) {
        return text.map(found -> KeyFile.parse(found.content(), vault.place(Vault.ACCESS)))
                .orElse(List.of());
    }

    /** Another host changed the keys. */
    private synchronized void reload() {
        entries = parse(vault.read(Vault.ACCESS));
    }

    /** Takes the local key away. */
    @Deactivate
    public void close() {
        unwatch.run();
        storeUse();
        try {
            Files.deleteIfExists(localFile);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed; it is of no more use: {}", localFile, e.toString());
        }
    }

    private synchronized void storeUse() {
        try {
            change(now -> now.stream().map(use::with).toList());
        } catch (IllegalStateException e) {
            LOG.warn("when keys were last used cannot be stored: {}", e.getMessage());
        }
    }

    /** First the vault: a key that would be gone after a restart must not be handed out. What other hosts changed meanwhile stays. */
    private void change(UnaryOperator<List<StoredKey>> change) {
        while (true) {
            Optional<Vault.Text> before = vault.read(Vault.ACCESS);
            List<StoredKey> now = parse(before);
            List<StoredKey> next = change.apply(now);
            if (next.equals(now)
                    || vault.write(Vault.ACCESS, KeyFile.text(next), before.orElse(null))) {
                entries = List.copyOf(next);
                return;
            }
        }
    }

    @Override
    public NewKey create(Role role, String label) {
        return create(role, label, null);
    }

    @Override
    public synchronized NewKey create(Role role, String label, Instant expires) {
        Objects.requireNonNull(role, "role");
        if (expires != null && !expires.isAfter(clock.instant())) {
            throw new IllegalArgumentException("a key must expire in the future");
        }
        String text = label == null ? "" : label.strip().replaceAll("\\p{Cntrl}", " ");
        String key = Secret.fresh();
        KeyInfo info =
                new KeyInfo(
                        ID + HexFormat.of().formatHex(Secret.bytes(6)),
                        role,
                        text.length() > LABEL ? text.substring(0, LABEL) : text,
                        clock.instant().truncatedTo(ChronoUnit.SECONDS),
                        expires == null ? null : expires.truncatedTo(ChronoUnit.SECONDS),
                        null,
                        null,
                        null);
        change(
                now -> {
                    if (now.size() >= MOST) {
                        throw new IllegalStateException(
                                "there are " + MOST + " keys already; revoke some first");
                    }
                    List<StoredKey> next = new ArrayList<>(now);
                    next.add(new StoredKey(info, Secret.hash(key), null, 0));
                    return next;
                });
        LOG.info("key {} ({}, \"{}\") created", info.id(), role.wireName(), info.label());
        return new NewKey(info.id(), key, role);
    }

    @Override
    public synchronized Optional<NewKey> rotate(String id, Duration grace) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String key = Secret.fresh();
        change(
                all ->
                        all.stream()
                                .map(
                                        one ->
                                                one.info().id().equals(id)
                                                                && one.info().isCurrent(now)
                                                        ? use.with(one)
                                                                .rotated(
                                                                        Secret.hash(key),
                                                                        grace,
                                                                        now)
                                                        : one)
                                .toList());
        return current(id)
                .map(
                        rotated -> {
                            LOG.info(
                                    "key {} rotated; its former secret ends in {} s",
                                    id,
                                    grace.toSeconds());
                            return new NewKey(id, key, rotated.info().role());
                        });
    }

    @Override
    public Optional<Principal> verify(String key) {
        if (!Secret.hasShape(key)) {
            return Optional.empty();
        }
        byte[] hash = Secret.hash(key);
        Instant now = clock.instant();
        Principal found = MessageDigest.isEqual(hash, localHash) ? LOCAL : null;
        for (StoredKey entry :
                entries) { // all of them, so that the time says nothing about which one it is
            if (entry.matches(hash, now)) {
                found = new Principal(entry.info().id(), entry.info().role());
            }
        }
        if (found != null && found != LOCAL) {
            use.shown(found.subject());
        }
        return Optional.ofNullable(found);
    }

    /** How often a key was rotated, which the tokens made from it carry.
     * @return empty if no key with the id is good now */
    Optional<Integer> generation(String id) {
        return LOCAL.subject().equals(id) ? Optional.of(0) : current(id).map(StoredKey::generation);
    }

    /** Whether tokens that carry a generation of a key are good: of the present secret, or of the former one in its grace.
     * @param id of the key
     * @param generation what the token says
     * @return false also if the key is gone */
    boolean accepts(String id, int generation) {
        return LOCAL.subject().equals(id)
                || current(id)
                        .filter(
                                key ->
                                        generation == key.generation()
                                                || generation == key.generation() - 1
                                                        && key.inGrace(clock.instant()))
                        .isPresent();
    }

    private Optional<StoredKey> current(String id) {
        Instant now = clock.instant();
        return entries.stream()
                .filter(entry -> entry.info().id().equals(id) && entry.info().isCurrent(now))
                .findFirst();
    }

    @Override
    public List<KeyInfo> list() {
        return entries.stream().map(use::with).map(StoredKey::info).toList();
    }

    @Override
    public synchronized boolean revoke(String id) {
        List<StoredKey> before = entries;
        entries =
                without(before, id); // first the memory: it must end now, even if the disk refuses
        use.forget(id);
        AtomicBoolean known = new AtomicBoolean(entries.size() < before.size());
        change(
                now -> {
                    List<StoredKey> next = without(now, id);
                    known.compareAndSet(false, next.size() < now.size());
                    return next;
                });
        if (known.get()) {
            LOG.info("key {} revoked", id);
        }
        return known.get();
    }

    private static List<StoredKey> without(List<StoredKey> keys, String id) {
        return keys.stream().filter(entry -> !entry.info().id().equals(id)).toList();
    }
}

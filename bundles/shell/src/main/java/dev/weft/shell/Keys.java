package dev.weft.shell;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The access keys of people and programs. A new one is shown once; each change is audited, as by {@code shell}. */
@Component(
        service = Keys.class,
        property = {
            "osgi.command.scope=weft",
            "osgi.command.function=keys",
            "osgi.command.function=key"
        })
public final class Keys {
    private static final Duration GRACE = Duration.ofHours(1);
    private static final String USAGE =
            "usage: weft:key create ROLE [LABEL], weft:key list, weft:key rotate ID|signing, weft:key revoke ID";

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile AccessKeys keys;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit audit;

    @Reference CommandLine program;

    /** All keys, without the secrets.
     * @return a table */
    @Descriptor("the access keys: role, label, age, last use; never the secret")
    public String keys() {
        AccessKeys known = keys;
        if (known == null) {
            return Words.missing("the identity");
        }
        Table table = new Table("ID", "ROLE", "LABEL", "AGE", "USED", "ENDS");
        for (AccessKeys.KeyInfo key : known.list()) {
            table.row(
                    key.id(),
                    key.role().wireName(),
                    key.label(),
                    Words.age(key.created()),
                    key.lastUsed() == null ? "never" : Words.age(key.lastUsed()) + " ago",
                    ends(key));
        }
        return table.isEmpty() ? "no keys" : table.toString();
    }

    private static String ends(AccessKeys.KeyInfo key) {
        return key.expires() == null
                ? ""
                : key.isCurrent(Instant.now()) ? key.expires().toString() : "is over";
    }

    /** Makes a key, gives one a new secret, or makes one useless.
     * @param words {@code create ROLE [LABEL]}, {@code rotate ID} or {@code revoke ID}
     * @return the new secret, or that the key is gone */
    @Descriptor(
            "changes keys: create ROLE [LABEL] | list | rotate ID (the old secret ends an hour later) | rotate signing | revoke ID; with --role, --expires, --grace … as the command line")
    public String key(String... words) {
        AccessKeys known = keys;
        if (CommandTable.isBeyond("key", words)
                || List.of(words).equals(List.of("rotate", "signing"))) {
            return program.ask("key", words);
        }
        if (List.of(words).equals(List.of("list"))) {
            return keys();
        }
        if (words.length < 2) {
            throw new IllegalArgumentException(USAGE);
        }
        if (known == null) {
            return Words.missing("the identity");
        }
        String of = words[1];
        return switch (words[0]) {
            case "create" ->
                    shown(
                            "key.create",
                            known.create(
                                    Role.of(of),
                                    String.join(
                                            " ", Arrays.asList(words).subList(2, words.length))));
            case "rotate" ->
                    shown("key.rotate", known.rotate(of, GRACE).orElseThrow(() -> unknown(of)));
            case "revoke" -> {
                if (!known.revoke(of)) {
                    throw unknown(of);
                }
                ShellAudit.record(audit, "key.revoke", of);
                yield "key " + of + " is revoked";
            }
            default -> throw new IllegalArgumentException(USAGE);
        };
    }

    private String shown(String what, AccessKeys.NewKey key) {
        ShellAudit.record(audit, what, key.id());
        return key.key()
                + "\nkey "
                + key.id()
                + ", "
                + key.role().wireName()
                + "; it is shown this once";
    }

    private static NoSuchElementException unknown(String id) {
        return new NoSuchElementException("no valid key has the id \"" + id + "\"; see weft:keys");
    }
}

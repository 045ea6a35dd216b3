package dev.weft.shell.ssh;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.server.auth.password.PasswordAuthenticator;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets administrators in: by a key of the file {@code authorized_keys}, or by an access key of role admin given as password. */
final class SshAccess implements PasswordAuthenticator, PublickeyAuthenticator {
    /** Who a session belongs to, for the audit log. */
    static final AttributeKey<String> WHO = new AttributeKey<>();

    private static final Logger LOG = LoggerFactory.getLogger(SshAccess.class);
    private static final long LARGEST_FILE = 256 << 10;
    private static final Set<PosixFilePermission> WRITABLE_BY_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final AccessKeys keys;
    private final Audit audit;
    private final Path authorized;
    private final Failures failures = new Failures(System::nanoTime);

    /**
     * @param keys checks passwords
     * @param audit is told of each one that gets in or is turned away
     * @param authorized file in OpenSSH's format; may be absent */
    SshAccess(AccessKeys keys, Audit audit, Path authorized) {
        this.keys = keys;
        this.audit = audit;
        this.authorized = authorized;
    }

    @Override
    public boolean authenticate(String user, String password, ServerSession session) {
        String address = address(session.getClientAddress());
        if (failures.mustWait(address)) {
            tell(address, "", "rate_limited", address);
            return false;
        }
        Optional<Principal> principal = keys.verify(password);
        if (principal.isEmpty() || principal.get().role() != Role.ADMIN) {
            failures.failed(address);
            tell(
                    principal.map(Principal::subject).orElse(address),
                    principal.map(found -> found.role().wireName()).orElse(""),
                    principal.isEmpty() ? "denied" : "forbidden",
                    address);
            return false;
        }
        failures.succeeded(address);
        session.setAttribute(WHO, principal.get().subject());
        return true;
    }

    /** Called before the client has proven that it holds the private half, and again after; only the session's own event tells which. */
    @Override
    public boolean authenticate(String user, PublicKey key, ServerSession session) {
        for (AuthorizedKeyEntry entry : entries()) {
            try {
                PublicKey known =
                        entry.resolvePublicKey(session, null, PublicKeyEntryResolver.IGNORING);
                if (known != null && KeyUtils.compareKeys(known, key)) {
                    session.setAttribute(WHO, KeyUtils.getFingerPrint(key));
                    return true;
                }
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                LOG.warn("{}: a key cannot be read: {}", authorized, e.toString());
            }
        }
        return false;
    }

    /** Entries with options are left out: an option restricts, and none is kept here. */
    private List<AuthorizedKeyEntry> entries() {
        try {
            if (!Files.isRegularFile(authorized)) {
                return List.of();
            }
            if (Files.size(authorized) > LARGEST_FILE || isOpen()) {
                LOG.warn(
                        "{} is not used: it must be smaller than {} bytes and writable by its owner only (chmod 600)",
                        authorized,
                        LARGEST_FILE);
                return List.of();
            }
            return AuthorizedKeyEntry.readAuthorizedKeys(authorized).stream()
                    .filter(
                            entry ->
                                    entry.getLoginOptions() == null
                                            || entry.getLoginOptions().isEmpty())
                    .toList();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be read: {}", authorized, e.toString());
            return List.of();
        }
    }

    private boolean isOpen() throws IOException {
        return authorized.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(authorized).stream()
                        .anyMatch(WRITABLE_BY_OTHERS::contains);
    }

    /** A session is open. */
    void opened(ServerSession session) {
        String who = session.getAttribute(WHO);
        tell(
                who == null ? "" : who,
                Role.ADMIN.wireName(),
                "ok",
                address(session.getClientAddress()));
    }

    private void tell(String who, String role, String outcome, String address) {
        audit.record(new Audit.Entry(who, role, "shell.ssh", address, outcome, ""));
    }

    private static String address(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress()
                : String.valueOf(address);
    }
}

package dev.weft.http.api;

import dev.weft.api.agent.Agent;
import dev.weft.api.audit.Audit;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.event.Events;
import dev.weft.api.health.Measures;
import dev.weft.api.health.Readiness;
import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.llm.Llm;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.registry.IceServers;
import dev.weft.api.registry.Inbox;
import dev.weft.api.registry.Pairing;
import dev.weft.api.registry.Registry;
import dev.weft.api.repository.SkillRepository;
import dev.weft.api.skill.SkillSettings;
import dev.weft.api.skill.Skills;
import dev.weft.api.store.Backup;
import dev.weft.api.task.Tasks;
import java.util.Collection;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The rooms behind the routes. Each may be missing: which ones a host has is a matter of its role, and they come and go. The
 * fields are what DS injects dynamically; handlers ask {@link #need}.
 */
@Component(service = Rooms.class)
public final class Rooms {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Registry registry;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Inbox inbox;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Pairing pairing;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile IceServers iceServers;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile AgentDirectory directory;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Mesh mesh;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Tasks tasks;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Skills skills;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Deployments deployments;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Catalog catalog;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Llm llm;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Agent agent;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Events events;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Readiness readiness;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Backup backup;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Audit audit;

    @Reference(
            target = LegacyAccess.ON,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile LegacyAccess legacy;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile SkillSettings settings;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile SkillRepository repository;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    volatile List<Measures> measures = List.of();

    private final Starting starting = new Starting(System::nanoTime);

    /** A room that a call cannot do without.
     * @param <T> its contract
     * @param room a field of this class, as it is now
     * @param missing what to tell the caller if it is not here
     * @return the room
     * @throws ApiException 503 if it is missing; to be tried again if the host is only starting */
    <T> T need(T room, String missing) {
        if (room != null) {
            return room;
        }
        if (starting.goesOn(readiness)) {
            throw new ApiException(
                    503,
                    "starting",
                    "this host is starting, and cannot do that yet: try again in a second; GET /api/health says what it waits for",
                    1);
        }
        throw new ApiException(503, "not_here", missing);
    }

    Registry registry() {
        return need(registry, "this host is not a registry: ask the registry that it joined");
    }

    Pairing pairing() {
        return need(
                pairing,
                "this host is not a registry: it has no pairing; ask the registry that it joined");
    }

    SkillRepository repository() {
        return need(
                repository,
                "this host is not a registry, or its repository of skills does not work; see /api/health");
    }

    AgentDirectory directory() {
        return need(directory, "this host has no mesh: it knows no agents");
    }

    /** The agents that this host knows; a registry and nothing else knows those of its own directory.
     * @throws ApiException 503 if it knows none */
    Collection<KnownAgent> agents() {
        Registry own = registry;
        return directory == null && own != null
                ? own.list().stream()
                        .map(
                                agent ->
                                        new KnownAgent(
                                                agent.card(), agent.health().wireName(), false))
                        .toList()
                : directory().agents();
    }

    Inbox inbox() {
        return need(inbox, "this host neither runs tasks nor keeps them for others");
    }

    Mesh mesh() {
        return need(mesh, "this host has no mesh: it has no peers");
    }
}

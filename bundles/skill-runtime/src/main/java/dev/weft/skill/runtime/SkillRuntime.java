package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Events;
import dev.weft.api.skill.SkillLeases;
import dev.weft.api.skill.Skills;
import dev.weft.api.skill.SkillsListener;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import dev.weft.skill.SkillService;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tracks the skills of this host and calls them. */
@Component(
        service = {Skills.class, SkillLeases.class, SkillRuntime.class},
        configurationPid = "dev.weft.skill.runtime",
        immediate = true)
public final class SkillRuntime implements Skills, SkillLeases {
    private static final Logger LOG = LoggerFactory.getLogger(SkillRuntime.class);
    private static final String FILE = "skills-switched.json";
    private final Switches switches;
    private final SkillTable table;
    private final Watches watches;
    private final Announcer announcer;

    /** Starts with no skill; they come as services.
     * @param context tells the data folder
     * @param config which are switched off
     * @param events hears what comes and goes */
    @Activate
    public SkillRuntime(BundleContext context, RuntimeConfig config, @Reference Events events) {
        this(
                new Switches(
                        Set.of(config.disabled()),
                        context.getProperty("weft.data") == null
                                ? null
                                : Path.of(context.getProperty("weft.data"), FILE)),
                events);
    }

    SkillRuntime(Switches switches, Events events) {
        this.switches = switches;
        table = new SkillTable(switches::isOn);
        watches = new Watches(table);
        announcer = new Announcer(table::cards, events);
    }

    @Modified
    void modify(RuntimeConfig config) {
        switches.configure(Set.of(config.disabled()));
        table.redraw();
        announcer.announce();
    }

    @Reference(
            service = SkillService.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addSkill(ServiceReference<SkillService> reference, SkillService service) {
        try {
            table.put(Installed.of(reference, service));
        } catch (SkillRefused e) {
            Bundle bundle = reference.getBundle();
            LOG.warn(
                    "Skill of bundle {} refused: {}",
                    bundle == null ? "?" : bundle.getSymbolicName(),
                    e.getMessage());
            if (bundle != null) {
                watches.refused(bundle.getBundleId(), e.getMessage());
            }
        }
        watches.look();
        announcer.announce();
    }

    void removeSkill(ServiceReference<SkillService> reference) {
        Installed gone = table.remove(reference);
        if (gone != null) {
            gone.lease().close();
        }
        Object bundle = reference.getProperty("service.bundleid");
        if (bundle instanceof Long id) {
            watches.forget(id);
        }
        announcer.announce();
    }

    @Reference(
            service = SkillsListener.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void addListener(SkillsListener listener) {
        announcer.add(listener);
    }

    void removeListener(SkillsListener listener) {
        announcer.remove(listener);
    }

    /** Asks every skill that can tell how it is. */
    void ask(Executor blocking) {
        table.all()
                .forEach(
                        skill ->
                                skill.pulse()
                                        .ask(
                                                blocking,
                                                () -> {
                                                    table.redraw();
                                                    announcer.announce();
                                                }));
    }

    @Override
    public List<SkillCard> installed() {
        return table.cards();
    }

    @Override
    public boolean wasHere(String id) {
        return table.wasHere(id);
    }

    @Override
    public List<SkillCard> disabled() {
        return table.off();
    }

    @Override
    public void enable(String id, boolean enabled) {
        if (Stream.concat(table.cards().stream(), table.off().stream())
                .noneMatch(card -> card.id().equals(id))) {
            throw new NoSuchElementException(missing(id));
        }
        switches.set(id, enabled);
        LOG.info("Skill {} is switched {}", id, enabled ? "on" : "off");
        table.redraw();
        announcer.announce();
    }

    private static String missing(String id) {
        return "no skill " + Wire.quote(id) + " is installed on this host";
    }

    @Override
    public CompletableFuture<Void> offered(long bundle, Set<String> skills) {
        return watches.add(bundle, skills);
    }

    @Override
    public void hold(long bundle) {
        table.hold(bundle);
    }

    @Override
    public CompletableFuture<Void> swap(Set<Long> in, Set<Long> out) {
        CompletableFuture<?>[] running = table.swap(in, out).toArray(CompletableFuture<?>[]::new);
        announcer.announce();
        return CompletableFuture.allOf(running);
    }

    @Override
    public Call prepare(String name, JsonNode input) {
        while (true) {
            Target target = target(name);
            // The lease refuses only if the skill was retired since it was looked up: then another
            // answers, or none.
            if (target.skill().lease().open()) {
                try {
                    return new SkillCall(
                            target.skill(), target.tool(), target.tool().arguments(input));
                } catch (RuntimeException | Error e) {
                    target.skill().lease().release();
                    throw e;
                }
            }
            Thread.onSpinWait();
        }
    }

    private record Target(Installed skill, ToolMethod tool) {}

    private Target target(String name) {
        String asked = name == null ? "" : name;
        Installed whole = table.find(asked);
        if (whole != null) {
            return new Target(whole, whole.offer().tool(""));
        }
        int dot = asked.lastIndexOf('.');
        Installed skill = dot < 0 ? null : table.find(asked.substring(0, dot));
        if (skill == null) {
            String id = dot < 0 ? asked : asked.substring(0, dot);
            for (SkillCard off : table.off()) {
                if (off.id().equals(id) || off.id().equals(asked)) {
                    throw new TaskException(
                            "skill_disabled",
                            "the skill "
                                    + off.id()
                                    + " is switched off on this host; an administrator can switch it on: weft skill enable "
                                    + off.id());
                }
            }
            throw new TaskException("unknown_skill", missing(id));
        }
        return new Target(skill, skill.offer().tool(asked.substring(dot + 1)));
    }
}

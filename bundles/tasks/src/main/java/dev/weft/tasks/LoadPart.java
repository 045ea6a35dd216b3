package dev.weft.tasks;

import dev.weft.api.mesh.CardPart;
import dev.weft.api.task.Tasks;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Puts this host's load on its card. */
@Component(service = CardPart.class)
public final class LoadPart implements CardPart {
    private final Tasks tasks;

    /** Starts.
     * @param tasks the engine */
    @Activate
    public LoadPart(@Reference Tasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public double load() {
        return tasks.load();
    }
}

package dev.weft.catalog;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.catalog.Catalog;
import dev.weft.skill.Confirm;
import dev.weft.skill.TaskContext;
import java.util.List;

/** As {@link RemoteInstalls}, but a person of this host approves each time. */
@dev.weft.skill.Skill(
        id = "catalog",
        title = "Catalog",
        description =
                "Installs skills on this host from the repositories that it trusts, if a person approves")
public final class ApprovedInstalls extends RemoteInstalls {
    ApprovedInstalls(Catalog catalog) {
        super(catalog);
    }

    @Override
    @Confirm
    @Tool("Installs skills on this host, all or none; a person of it must approve")
    public Result install(
            @P("skills, such as disk or disk@1.2.0") List<String> skills, TaskContext task) {
        return super.install(skills, task);
    }
}

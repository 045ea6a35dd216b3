package dev.weft.catalog;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Plan;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.util.List;
import java.util.stream.Collectors;

/** Installs what another agent asks for, if the policy of this host says yes without a question. */
@Skill(
        id = "catalog",
        title = "Catalog",
        description = "Installs skills on this host from the repositories that it trusts")
public class RemoteInstalls implements SkillService {
    private final Catalog catalog;

    RemoteInstalls(Catalog catalog) {
        this.catalog = catalog;
    }

    /** What became of it.
     * @param done whether all of it is installed
     * @param detail what was done, or why nothing was */
    public record Result(boolean done, String detail) {}

    /** What an install would come to.
     * @param answer {@code yes}, {@code ask} or {@code no}, by the policy of this host
     * @param detail what would be done, and the reasons for ask and no */
    public record Planned(String answer, String detail) {}

    /** Plans, and changes nothing.
     * @param skills ids, with versions if wanted
     * @return what an install would come to */
    @Tool("Tells what an install would do on this host, and changes nothing")
    public Planned plan(@P("skills, such as disk or disk@1.2.0") List<String> skills) {
        try {
            Plan plan = catalog.plan(new Plan.Wish(skills, null, null, null));
            String steps = plan.steps().isEmpty() ? String.join("; ", plan.notes()) : words(plan);
            return new Planned(
                    plan.answer(),
                    plan.answer().equals(Decisions.YES)
                            ? steps
                            : steps + ": " + Changes.reasons(plan));
        } catch (CatalogProblem e) {
            return new Planned(Decisions.NO, e.getMessage());
        }
    }

    /** Installs.
     * @param skills ids, with versions if wanted
     * @param task tells who asks
     * @return what became of it */
    @Tool("Installs skills on this host, all or none; its own policy decides")
    public Result install(
            @P("skills, such as disk or disk@1.2.0") List<String> skills, TaskContext task) {
        try {
            Plan plan = catalog.plan(new Plan.Wish(skills, null, null, null));
            if (plan.steps().isEmpty()) {
                return new Result(true, String.join("; ", plan.notes()));
            }
            if (plan.answer().equals(Decisions.ASK)) {
                return new Result(
                        false,
                        "a person must agree on this host (weft install "
                                + String.join(" ", skills)
                                + "): "
                                + Changes.reasons(plan));
            }
            Plan.Outcome outcome = catalog.apply(plan.id(), "", task.caller());
            return new Result(outcome.done(), outcome.done() ? words(plan) : outcome.reason());
        } catch (CatalogProblem e) {
            return new Result(false, e.getMessage());
        }
    }

    private static String words(Plan plan) {
        return plan.steps().stream()
                .map(
                        step ->
                                step.bundle()
                                        + " "
                                        + (step.from().isEmpty() ? "" : step.from() + " → ")
                                        + step.to())
                .collect(Collectors.joining(", "));
    }
}

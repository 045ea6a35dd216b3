package dev.weft.workflows;

import dev.weft.skill.DynamicSkill;
import dev.weft.skill.Skill;
import dev.weft.workflows.file.Workflow;
import java.util.List;

/** The workflows of a host as one skill, with a tool for each file. */
@Skill(
        id = "workflow",
        title = "Workflows",
        description = "Runs the workflows that are kept on this host",
        permissions = Skill.LLM)
public final class WorkflowSkill implements DynamicSkill {
    private final List<DynamicTool> tools;

    WorkflowSkill(List<Workflow> workflows, Steps steps) {
        tools =
                workflows.stream()
                        .map(
                                workflow ->
                                        new DynamicTool(
                                                workflow.name(),
                                                workflow.description(),
                                                workflow.schema(),
                                                (input, task) ->
                                                        new Run(workflow, steps, input, task)
                                                                .result()))
                        .toList();
    }

    @Override
    public List<DynamicTool> tools() {
        return tools;
    }
}

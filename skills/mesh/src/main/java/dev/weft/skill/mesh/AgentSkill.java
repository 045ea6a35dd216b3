package dev.weft.skill.mesh;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.agent.Agent;
import dev.weft.api.identity.HostIdentity;
import dev.weft.protocol.AgentId;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** This host's agent as a skill, so that a message to it can be a task: kept while it is away, and done once. */
@Skill(
        id = AgentSkill.ID,
        title = "Agent",
        description = "Takes messages for this host's agent",
        permissions = Skill.LLM)
@Component(service = SkillService.class)
public final class AgentSkill implements SkillService {
    static final String ID = "agent";
    static final String PROMPT = "prompt";

    private final Agent agent;
    private final HostIdentity self;

    /** Made by Declarative Services.
     * @param agent acts on messages
     * @param self this host */
    @Activate
    public AgentSkill(@Reference Agent agent, @Reference HostIdentity self) {
        this.agent = agent;
        this.self = self;
    }

    /** Acts on a message.
     * @param message what shall be done
     * @param task tells who asks, and how long there is
     * @return the answer
     * @throws InterruptedException if the answer is no longer wanted */
    @Tool(name = PROMPT, value = "Has this host's agent act on a message; returns its answer")
    public String prompt(@P("what it shall do") String message, TaskContext task)
            throws InterruptedException {
        boolean own = task.caller().equals(self.agentId().value());
        return Questions.await(
                agent.ask(
                                new Agent.Question(
                                        message,
                                        Questions.left(task),
                                        "",
                                        "",
                                        own ? null : new AgentId(task.caller()),
                                        task.depth()),
                                null)
                        .thenApply(Agent.Answer::text));
    }
}

package dev.weft.catalog.sample.greeter;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.osgi.service.component.annotations.Component;

/** Greets otherwise, and wants the network. */
@Skill(
        id = "greet",
        title = "Greet",
        description = "Greets people anywhere",
        permissions = Skill.NET)
@Component(service = SkillService.class)
public final class Greet implements SkillService {
    /** Greets.
     * @param name whom
     * @return a greeting */
    @Tool("Says hello")
    public String hello(@P(value = "whom", required = false) String name) {
        return "hello again";
    }

    /** Looks a machine up.
     * @param machine its name
     * @return its address
     * @throws UnknownHostException if there is none */
    @Tool("Looks a machine up")
    public String look(String machine) throws UnknownHostException {
        return InetAddress.getByName(machine).getHostAddress();
    }
}

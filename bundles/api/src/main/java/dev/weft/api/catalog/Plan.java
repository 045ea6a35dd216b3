package dev.weft.api.catalog;

import java.util.List;

/**
 * What an install, update or removal would do. Everything was fetched, compared, scanned and resolved; nothing was changed.
 *
 * @param id names it for a quarter of an hour
 * @param expires until then, ISO 8601, UTC
 * @param answer {@code yes}, {@code ask} (a person must agree) or {@code no}: the strictest of the steps
 * @param agree what whoever agrees sends back; changes with anything that the plan says
 * @param steps in the order in which they are done; empty if there is nothing to do
 * @param notes what else is worth knowing
 */
public record Plan(
        String id,
        String expires,
        String answer,
        String agree,
        List<Step> steps,
        List<String> notes) {
    /**
     * A file that changes.
     *
     * @param action {@code install}, {@code update} or {@code uninstall}
     * @param skills ids
     * @param bundle symbolic name, several joined by {@code +}
     * @param from version that runs now; "" if none does
     * @param to version that will run; "" for an uninstall
     * @param file its name in the deploy folder
     * @param sha256 of the file, hex; "" for an uninstall
     * @param size of what is fetched, in bytes
     * @param repository where it is from; "" for an uninstall
     * @param publisher whose it is; null for an uninstall
     * @param why {@code asked for}, or which skill needs it
     * @param members all bundles of the file
     * @param permissions what it says that it reaches
     * @param needs what it needs of the host, in words
     * @param configuration what can be set
     * @param changes what is other than in what runs now
     * @param decision {@code yes}, {@code ask} or {@code no}
     * @param reasons for ask and no
     * @param scan what the scan found in all its jars
     */
    public record Step(
            String action,
            List<String> skills,
            String bundle,
            String from,
            String to,
            String file,
            String sha256,
            long size,
            String repository,
            Repository.Publisher publisher,
            String why,
            List<Member> members,
            List<String> permissions,
            List<String> needs,
            List<Details.Setting> configuration,
            List<Change> changes,
            String decision,
            List<String> reasons,
            Details.Scanned scan) {}

    /**
     * A bundle of a file.
     *
     * @param bundle symbolic name
     * @param version bundle version
     * @param sha256 of its jar, hex
     * @param size of its jar, in bytes
     * @param why {@code skill}, or what needs it
     */
    public record Member(String bundle, String version, String sha256, long size, String why) {}

    /**
     * Something that is other than before.
     *
     * @param kind {@code permissions}, {@code publisher}, {@code tools}, {@code description} or {@code schema}
     * @param what the skill or {@code skill.tool} that it is about
     * @param before how it was; "" if it was not there
     * @param after how it will be; "" if it will be gone
     */
    public record Change(String kind, String what, String before, String after) {}

    /**
     * What is wanted.
     *
     * @param install {@code SKILL} or {@code SKILL@VERSION}; the skill may be {@code bundle name} too
     * @param update skill ids; {@code *} for all that are not pinned
     * @param uninstall skill ids
     * @param lock a host to be like; null if none
     */
    public record Wish(
            List<String> install, List<String> update, List<String> uninstall, Lock lock) {
        /** Fills in what is absent. */
        public Wish {
            install = install == null ? List.of() : List.copyOf(install);
            update = update == null ? List.of() : List.copyOf(update);
            uninstall = uninstall == null ? List.of() : List.copyOf(uninstall);
        }
    }

    /**
     * What became of it.
     *
     * @param done whether all of it is done; if not, none of it is
     * @param steps what became of each, in order
     * @param reason why it was not done; "" if it was
     */
    public record Outcome(boolean done, List<Result> steps, String reason) {}

    /**
     * What became of a step.
     *
     * @param action as in the step
     * @param bundle as in the step
     * @param from as in the step
     * @param to as in the step
     * @param state {@code done}, {@code failed}, {@code undone} or {@code not-begun}
     * @param reason why it failed; "" otherwise
     */
    public record Result(
            String action, String bundle, String from, String to, String state, String reason) {}
}

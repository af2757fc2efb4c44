package dev.nexthop.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** One write of a database's committer, with the sync behind it. The thread that it is of says which database. */
@Name("dev.nexthop.Commit")
@Label("Group commit")
@Description("One write of a committer and its sync: how many commits shared it, and how long it took")
@Category("Nexthop")
@StackTrace(false)
public final class CommitEvent extends Event {
    /** Asked only whether anybody records. */
    private static final CommitEvent PROBE = new CommitEvent();

    @Label("Commits")
    @Description("All commits of the group; 0 when only what was written earlier was synced")
    int commits;

    @Label("Durable commits")
    @Description("Those that had to be on stable storage: nearly all of them are messages, and the others outcomes")
    int durable;

    @Label("Octets")
    @Description("Weight of the group as it goes to the log")
    @DataAmount
    long octets;

    @Label("Synced")
    boolean synced;

    @Label("Written")
    @Description("False when the write failed and nothing of it was acknowledged")
    boolean written;

    private CommitEvent() {}

    /**
     * What is in a group.
     *
     * @param commits all
     * @param durable those that want a sync
     * @param octets their weight
     */
    public record Group(int commits, int durable, long octets) {}

    /** One that begins now; null when nobody records. */
    public static @Nullable CommitEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        CommitEvent event = new CommitEvent();
        event.begin();
        return event;
    }

    /** The write is over. */
    public void over() {
        end();
    }

    /**
     * Hands it to the recorder.
     *
     * @param group what was written
     * @param sync whether it was synced
     * @param success whether it was written at all
     */
    public void tell(Group group, boolean sync, boolean success) {
        if (shouldCommit()) {
            commits = group.commits();
            durable = group.durable();
            octets = group.octets();
            synced = sync;
            written = success;
            commit();
        }
    }
}

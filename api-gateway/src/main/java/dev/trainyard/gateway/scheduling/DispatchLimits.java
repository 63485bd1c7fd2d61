package dev.trainyard.gateway.scheduling;

/**
 * Numbers of jobs that are handed out.
 *
 * @param window while no trainer is alive
 * @param ahead beyond the free trainers
 * @param preemption true if a job of a high priority takes the trainer of another one when none is free
 */
public record DispatchLimits(int window, int ahead, boolean preemption) {
    /**
     * Returns the number of further jobs of a pool to hand out. At most two jobs of each trainer are on their way, so that
     * records that no trainer claims do not pile up.
     *
     * @param onTheirWay jobs that were handed out and are not claimed
     * @param recent those of them that a free trainer may be about to claim; an older one holds up no other job
     */
    public int slots(TrainerPresence.Count trainers, int onTheirWay, int recent) {
        if (trainers.live() == 0) {
            return Math.max(0, Math.max(window, ahead) - onTheirWay);
        }
        int forFree = Math.max(0, trainers.free() - recent);
        int beyond = Math.max(0, ahead - Math.max(0, onTheirWay - trainers.free()));
        int room = 2 * trainers.live() + ahead - onTheirWay;
        return Math.max(0, Math.min(forFree + beyond, room));
    }
}

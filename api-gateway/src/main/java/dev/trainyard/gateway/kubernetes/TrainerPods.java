package dev.trainyard.gateway.kubernetes;

import java.util.Map;

/** The pods of the trainers, as the cluster knows them. */
interface TrainerPods {
    /** The deletion cost of each pod by its name. */
    Map<String, Integer> costs();

    /** Sets the cost of a pod, or removes it if it is 0. Returns false if there is no such pod. */
    boolean setCost(String pod, int cost);
}

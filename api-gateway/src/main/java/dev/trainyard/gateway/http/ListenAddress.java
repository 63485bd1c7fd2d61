package dev.trainyard.gateway.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** The address on which the gateway listens. */
public final class ListenAddress {
    private ListenAddress() {}

    /** Returns true if only this machine reaches {@code host}; false for no host, which means all addresses. */
    public static boolean isLoopback(String host) {
        if (host.isBlank()) {
            return false;
        }
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false; // the server does not start on it either
        }
    }
}

package dev.trainyard.gateway.http;

import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a client: by its IPv4 address, or by the /64 network of its IPv6 address, which usually belongs to one
 * owner.
 */
public final class ClientAddress {
    private static final String UNKNOWN = "unknown";

    private ClientAddress() {}

    public static String of(HttpServerRequest request) {
        return request.remoteAddress() == null
                ? UNKNOWN
                : of(request.remoteAddress().hostAddress());
    }

    public static String of(@Nullable String address) {
        if (address == null) {
            return UNKNOWN;
        }
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress(); // an IP literal, so there is no DNS lookup
            return bytes.length == 16 ? HexFormat.of().formatHex(bytes, 0, 8) : address;
        } catch (UnknownHostException e) {
            return address;
        }
    }
}

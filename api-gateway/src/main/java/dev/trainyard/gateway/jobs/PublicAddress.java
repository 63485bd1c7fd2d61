package dev.trainyard.gateway.jobs;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Restricts callbacks to public internet addresses, so that clients cannot reach the operator's network. */
final class PublicAddress {
    /** First bytes and their number of bits, from IANA's registries of special-purpose addresses. */
    private static final int[][] RESERVED_V4 = {
        {0, 0, 0, 0, 8}, // this network
        {10, 0, 0, 0, 8},
        {100, 64, 0, 0, 10}, // carrier-grade NAT
        {127, 0, 0, 0, 8},
        {169, 254, 0, 0, 16}, // link-local, includes metadata services of cloud providers
        {172, 16, 0, 0, 12},
        {192, 0, 0, 0, 24},
        {192, 0, 2, 0, 24},
        {192, 88, 99, 0, 24},
        {192, 168, 0, 0, 16},
        {198, 18, 0, 0, 15},
        {198, 51, 100, 0, 24},
        {203, 0, 113, 0, 24},
        {224, 0, 0, 0, 3}, // multicast and reserved
    };

    private PublicAddress() {}

    /**
     * Resolves {@code host}, which may be a name or an address in any notation.
     *
     * @return all addresses, or none if any of them is not public
     */
    static InetAddress[] of(String host) throws UnknownHostException {
        InetAddress[] all = InetAddress.getAllByName(host);
        return Arrays.stream(all).allMatch(PublicAddress::isPublic) ? all : new InetAddress[0];
    }

    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address ? isPublicV6(bytes) : isPublicV4(bytes);
    }

    private static boolean isPublicV4(byte[] address) {
        return Arrays.stream(RESERVED_V4).noneMatch(range -> {
            int bits = range[4];
            return bits(address) >>> (32 - bits) == bits(bytes(range)) >>> (32 - bits);
        });
    }

    /**
     * Only 2000::/3 is allocated. Excluded within it are ranges that embed IPv4 addresses (6to4, Teredo) and
     * documentation ranges; NAT64, IPv4-compatible, unique local and link-local addresses lie outside.
     */
    private static boolean isPublicV6(byte[] address) {
        boolean given = (address[0] & 0xe0) == 0x20;
        int first = (address[0] & 0xff) << 8 | address[1] & 0xff;
        int second = (address[2] & 0xff) << 8 | address[3] & 0xff;
        boolean sixToFour = first == 0x2002;
        boolean special = first == 0x2001 && (second < 0x200 || second == 0xdb8);
        boolean documentation = first == 0x3fff && second < 0x1000;
        return given && !sixToFour && !special && !documentation;
    }

    private static byte[] bytes(int[] range) {
        return new byte[] {(byte) range[0], (byte) range[1], (byte) range[2], (byte) range[3]};
    }

    private static int bits(byte[] address) {
        return (address[0] & 0xff) << 24 | (address[1] & 0xff) << 16 | (address[2] & 0xff) << 8 | address[3] & 0xff;
    }
}

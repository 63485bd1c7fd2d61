package dev.trainyard.trainer.device;

/** The device that the settings require cannot be used; the message says why, and what to change. */
public final class DeviceUnavailableException extends RuntimeException {
    public DeviceUnavailableException(String message) {
        super(message);
    }
}

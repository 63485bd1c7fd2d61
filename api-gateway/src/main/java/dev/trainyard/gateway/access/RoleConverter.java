package dev.trainyard.gateway.access;

import dev.trainyard.gateway.permission.Role;
import jakarta.persistence.AttributeConverter;
import java.util.Locale;

/** Stores a role by its wire name. */
public class RoleConverter implements AttributeConverter<Role, String> {
    @Override
    public String convertToDatabaseColumn(Role role) {
        return role.wireName();
    }

    @Override
    public Role convertToEntityAttribute(String name) {
        return Role.valueOf(name.toUpperCase(Locale.ROOT));
    }
}

package dev.trainyard.gateway.models;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The only row of its table: a number that increases with each change of the registry. */
@Entity
@Table(name = "model_revision")
public class ModelRevisionEntity {
    @Id
    @Column(name = "only_row")
    public boolean onlyRow;

    public long revision;
}

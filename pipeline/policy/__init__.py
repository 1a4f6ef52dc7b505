"""The policy: every number of the management plan that a client may change, read from `lexicons/policy.toml` and checked."""

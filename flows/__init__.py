"""The order of the stages, the nightly and monthly flows, the command line."""

"""The review application: server-rendered pages over the services that the command line uses too."""

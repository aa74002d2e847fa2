"""Tools to build, deploy and try Hearback. Nothing in here is shipped."""

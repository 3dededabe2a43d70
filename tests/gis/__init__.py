"""Map layers as GIS software reads them: the standard's own tests, real clients, tiles and files."""

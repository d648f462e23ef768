"""What ties running systems to models: histories of clients, checked against the objects they used."""

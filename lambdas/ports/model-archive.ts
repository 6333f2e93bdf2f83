/** Packs model files as SageMaker wants them: a gzipped tar whose bytes depend on nothing but names and contents. */
export interface ModelArchive {
  pack(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array>;
}

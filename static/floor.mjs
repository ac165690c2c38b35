export const faultsOfStyle = () => []; export const faultsOfScript = async () => [];
